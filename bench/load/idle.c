// Opens `conns` connections, exchanges one message on each, and reports what the server's memory grew by. One
// connection is opened and pinged first, so that what a program loads once is not counted.
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 512, SETTLE_MICROSECONDS = 700000 };

static options o;
static char *message, *input;

static void ping_all(int epoll, const int *fds, int count) {
  size_t left = (size_t)count * (size_t)o.size;
  for (int i = 0; i < count; i++)
    if (send(fds[i], message, (size_t)o.size, 0) != o.size) fail("send");
  struct epoll_event events[BATCH];
  for (double end = now() + 15; left > 0;) {
    if (now() > end) errno = ETIMEDOUT, fail("ping");
    int ready = epoll_wait(epoll, events, BATCH, 100);
    for (int k = 0; k < ready; k++) {
      ssize_t n = recv(fds[events[k].data.u32], input, (size_t)o.size, 0);
      if (n <= 0) fail("receive");
      left -= (size_t)n;
    }
  }
}

int main(int argc, char **argv) {
  o = parse_options(argc, argv);
  message = malloc((size_t)o.size);
  input = malloc((size_t)o.size);
  memset(message, 'x', (size_t)o.size);
  message[o.size - 1] = '\n';

  options one = o;
  one.conns = 1;
  int *fds = calloc((size_t)o.conns, sizeof *fds);
  int epoll = dial_all(&one, fds);
  ping_all(epoll, fds, 1);
  close_all(&one, epoll, fds);
  usleep(SETTLE_MICROSECONDS);

  long before = resident_kib(&o);
  double started = now();
  epoll = dial_all(&o, fds);
  double connecting = now() - started;
  usleep(SETTLE_MICROSECONDS);
  long connected = resident_kib(&o);
  ping_all(epoll, fds, o.conns);
  usleep(SETTLE_MICROSECONDS);
  long pinged = resident_kib(&o);
  account from = take_account(&o);
  usleep((useconds_t)(o.seconds * 1e6));
  account to = take_account(&o);

  print_window("idle", &o, from, to);
  printf(",\"kibBefore\":%ld,\"kibConnected\":%ld,\"kibPinged\":%ld", before, connected, pinged);
  printf(",\"kibPerConnection\":%.3f,\"connectSeconds\":%.3f}\n", (double)(pinged - before) / o.conns, connecting);
  return 0;
}
