// Accepts one connection, reads it to its end and reports how fast that went from the first byte on. Says on standard
// error where it listens. The bytes are counted but not copied out of the kernel: the sender is what is measured.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { INPUT = 1 << 20, LIMIT_SECONDS = 120 };

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(void) {
  static char input[INPUT];
  alarm(LIMIT_SECONDS);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 1) != 0) return 1;
  getsockname(listener, (struct sockaddr *)&at, &length);
  fprintf(stderr, "listening on 127.0.0.1:%d\n", ntohs(at.sin_port));

  int conn = accept(listener, NULL, NULL);
  uint64_t bytes = 0;
  double started = 0, cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  for (ssize_t n; (n = recv(conn, input, sizeof input, MSG_TRUNC)) > 0; bytes += (uint64_t)n)
    if (started == 0) started = now(CLOCK_MONOTONIC);
  double seconds = now(CLOCK_MONOTONIC) - started;
  printf("{\"bytes\":%llu,\"seconds\":%.5f,\"cpu\":%.5f}\n", (unsigned long long)bytes, seconds,
         now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  return 0;
}
