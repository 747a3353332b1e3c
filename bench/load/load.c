#include "load.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Linux gives out about 28,000 ports an address; sixteen addresses last for every run here.
enum { SOURCE_ADDRESSES = 16, GRACE_SECONDS = 20 };

void fail(const char *what) {
  printf("{\"error\":\"%s: %s\"}\n", what, strerror(errno));
  exit(1);
}

static void parse_pids(options *o, char *list) {
  for (char *item = strtok(list, ","); item != NULL && o->pid_count < MAX_PIDS; item = strtok(NULL, ","))
    o->pids[o->pid_count++] = atoi(item);
}

options parse_options(int argc, char **argv) {
  options o = {.conns = 1, .size = 64, .depth = 1, .seconds = 1, .warmup = 0.1};
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *name = argv[i];
    char *value = argv[i + 1];
    if (!strcmp(name, "--port")) o.port = atoi(value);
    else if (!strcmp(name, "--conns")) o.conns = atoi(value);
    else if (!strcmp(name, "--size")) o.size = atoi(value);
    else if (!strcmp(name, "--depth")) o.depth = atoi(value);
    else if (!strcmp(name, "--seconds")) o.seconds = atof(value);
    else if (!strcmp(name, "--warmup")) o.warmup = atof(value);
    else if (!strcmp(name, "--verify")) o.verify = atoi(value) != 0;
    else if (!strcmp(name, "--pids")) parse_pids(&o, value);
    else if (!strcmp(name, "--group")) o.group = value;
    else errno = EINVAL, fail(name);
  }
  if (o.port < 1 || o.conns < 1 || o.size < 1 || o.depth < 1) errno = EINVAL, fail("options");
  signal(SIGPIPE, SIG_IGN);
  alarm((unsigned)(o.seconds + o.warmup) + GRACE_SECONDS);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return o;
}

static double seconds_of(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t) != 0) return 0;
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double now(void) { return seconds_of(CLOCK_MONOTONIC); }

// schedstat: nanoseconds run, nanoseconds waited on a run queue, slices. A file a thread: that of the process tells
// of its first thread alone, and Go moves between threads.
static double waited(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *tasks = opendir(path);
  if (tasks == NULL) return 0;
  double sum = 0;
  for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    char stat[512];
    snprintf(stat, sizeof stat, "/proc/%d/task/%s/schedstat", pid, entry->d_name);
    FILE *file = fopen(stat, "r");
    unsigned long long ran = 0, queued = 0;
    if (file == NULL) continue;
    if (fscanf(file, "%llu %llu", &ran, &queued) == 2) sum += (double)queued * 1e-9;
    fclose(file);
  }
  closedir(tasks);
  return sum;
}

static double cpu_of(pid_t pid) {
  clockid_t clock;
  return clock_getcpuclockid(pid, &clock) == 0 ? seconds_of(clock) : 0;
}

typedef struct {
  pid_t *pids;
  size_t count;
} pid_list;

static FILE *open_in_group(const options *o, const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", o->group, name);
  return fopen(path, "r");
}

// The server's processes at this moment.
static pid_list list_server(const options *o) {
  pid_list list = {.pids = malloc(2 * MAX_PIDS * sizeof(pid_t))};
  for (int i = 0; i < o->pid_count; i++) list.pids[list.count++] = o->pids[i];
  FILE *file = o->group == NULL ? NULL : open_in_group(o, "cgroup.procs");
  if (file == NULL) return list;
  for (size_t room = 2 * MAX_PIDS; fscanf(file, "%d", &list.pids[list.count]) == 1;)
    if (++list.count == room) list.pids = realloc(list.pids, (room *= 2) * sizeof(pid_t));
  fclose(file);
  return list;
}

static bool is_measured(const pid_list *server, pid_t pid) {
  for (size_t i = 0; i < server->count; i++)
    if (server->pids[i] == pid) return true;
  return pid == getpid();
}

static void list_others(const pid_list *server, account *a) {
  DIR *all = opendir("/proc");
  if (all == NULL) return;
  size_t room = 0;
  for (struct dirent *entry; (entry = readdir(all)) != NULL;) {
    pid_t pid = atoi(entry->d_name);
    if (pid == 0 || is_measured(server, pid)) continue;
    if (a->other_count == room) a->others = realloc(a->others, (room = room * 2 + 256) * sizeof *a->others);
    a->others[a->other_count++] = (process){.pid = pid, .cpu = cpu_of(pid)};
  }
  closedir(all);
}

// The number behind `word` in a file of the control group, which counts microseconds; -1 without one.
static double seconds_in_group(const options *o, const char *name, const char *word) {
  char line[256];
  double seconds = -1;
  FILE *file = open_in_group(o, name);
  if (file == NULL) return seconds;
  while (seconds < 0 && fgets(line, sizeof line, file) != NULL) {
    char *at = strstr(line, word);
    if (at != NULL) seconds = atof(at + strlen(word)) * 1e-6;
  }
  fclose(file);
  return seconds;
}

// A group's own accounts hold what processes that have ended used and waited too.
static void take_server_account(const options *o, const pid_list *server, account *a) {
  double used = o->group == NULL ? -1 : seconds_in_group(o, "cpu.stat", "usage_usec ");
  double waiting = o->group == NULL ? -1 : seconds_in_group(o, "cpu.pressure", "total=");
  for (size_t i = 0; i < server->count && (used < 0 || waiting < 0); i++) {
    if (used < 0) a->server_cpu += cpu_of(server->pids[i]);
    if (waiting < 0) a->server_wait += waited(server->pids[i]);
  }
  if (used >= 0) a->server_cpu = used;
  if (waiting >= 0) a->server_wait = waiting;
}

account take_account(const options *o) {
  account a = {.at = 0};
  pid_list server = list_server(o);
  list_others(&server, &a);
  a.client_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  a.client_wait = waited(getpid());
  take_server_account(o, &server, &a);
  free(server.pids);
  a.at = now();
  return a;
}

// CPU used by all others in between. /proc lists processes in the order of their ids.
static double foreign_cpu(account from, account to) {
  double sum = 0;
  size_t before = 0;
  for (size_t i = 0; i < to.other_count; i++) {
    process other = to.others[i];
    while (before < from.other_count && from.others[before].pid < other.pid) before++;
    bool is_new = before == from.other_count || from.others[before].pid != other.pid;
    sum += is_new ? other.cpu : other.cpu - from.others[before].cpu;
  }
  return sum;
}

// Sums the number behind `word` in a file that each of the server's processes has.
static long sum_kib(const options *o, const char *name, const char *word) {
  long sum = 0;
  pid_list server = list_server(o);
  for (size_t i = 0; i < server.count; i++) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/%s", server.pids[i], name);
    FILE *file = fopen(path, "r");
    if (file == NULL) continue;
    while (fgets(line, sizeof line, file) != NULL)
      if (strncmp(line, word, strlen(word)) == 0) sum += atol(line + strlen(word));
    fclose(file);
  }
  free(server.pids);
  return sum;
}

long resident_kib(const options *o) { return sum_kib(o, "status", "VmRSS:"); }

long proportional_kib(const options *o) { return sum_kib(o, "smaps_rollup", "Pss:"); }

int dial_port(int port, int index) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (fd < 0) fail("socket");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  struct sockaddr_in at = {.sin_family = AF_INET};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(index % SOURCE_ADDRESSES));
  if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0) fail("bind");
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons((uint16_t)port);
  if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0) fail("connect");
  return fd;
}

int dial_server(const options *o, int index) {
  int fd = dial_port(o->port, index);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

int dial_all(const options *o, int *fds) {
  int epoll = epoll_create1(0);
  for (int i = 0; i < o->conns; i++) {
    fds[i] = dial_server(o, i);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event);
  }
  return epoll;
}

void close_all(const options *o, int epoll, int *fds) {
  static char rest[65536];
  for (int i = 0; i < o->conns; i++) shutdown(fds[i], SHUT_WR);
  int open = o->conns;
  struct epoll_event events[256];
  for (double end = now() + 2; open > 0 && now() < end;) {
    int ready = epoll_wait(epoll, events, 256, 50);
    for (int k = 0; k < ready; k++) {
      int i = (int)events[k].data.u32;
      ssize_t n = recv(fds[i], rest, sizeof rest, 0);
      if (n > 0 || (n < 0 && errno == EAGAIN)) continue;
      close(fds[i]);
      fds[i] = -1;
      open--;
    }
  }
}

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

double quantile(uint32_t *values, size_t count, double q) {
  if (count == 0) return 0;
  qsort(values, count, sizeof *values, compare);
  return values[(size_t)((double)(count - 1) * q)];
}

void print_window(const char *mode, const options *o, account from, account to) {
  double seconds = to.at - from.at;
  printf("{\"mode\":\"%s\",\"conns\":%d,\"size\":%d,\"depth\":%d,\"seconds\":%.4f,", mode, o->conns, o->size, o->depth, seconds);
  printf("\"serverCpu\":%.6f,\"clientCpu\":%.6f,", to.server_cpu - from.server_cpu, to.client_cpu - from.client_cpu);
  printf("\"serverWait\":%.6f,\"clientWait\":%.6f,", to.server_wait - from.server_wait, to.client_wait - from.client_wait);
  printf("\"foreignCpu\":%.6f", foreign_cpu(from, to));
}
