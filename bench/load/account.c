// Runs a program and reports its CPU time, the time it waited for a core, and how long it ran. Its standard output
// goes nowhere; its standard input and standard error are this program's.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec * 1e-6; }

static double waited(pid_t pid) {
  char path[64];
  unsigned long long ran = 0, queued = 0;
  snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  if (fscanf(file, "%llu %llu", &ran, &queued) != 2) queued = 0;
  fclose(file);
  return (double)queued * 1e-9;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  double began = now();
  pid_t pid = fork();
  if (pid == 0) {
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    _exit(127);
  }
  close(STDIN_FILENO);
  // Its accounts are readable from its end until it is waited for.
  siginfo_t info;
  waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
  double wait = waited(pid);
  struct rusage usage;
  int status;
  wait4(pid, &status, 0, &usage);
  printf("{\"status\":%d,\"cpu\":%.6f,\"wait\":%.6f,\"seconds\":%.6f}\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128,
         seconds(usage.ru_utime) + seconds(usage.ru_stime), wait, now() - began);
  return 0;
}
