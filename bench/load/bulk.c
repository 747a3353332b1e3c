// Keeps up to `depth` messages of `size` bytes in flight on each connection and reads them back. One operation is one
// MiB echoed. What is in flight is bounded, so that a server that queues without limit is measured, not drowned.
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

// A prime: a piece lost or doubled shifts the pattern whatever the message size.
enum { PERIOD = 251, INPUT = 1 << 18, BATCH = 64 };

typedef struct {
  uint64_t sent, received;
} stream;

static options o;
static int *fds;
static stream *streams;
static char *pattern, *input;
static double received_bytes;

static void make_pattern(void) {
  size_t length = (size_t)o.size > INPUT ? (size_t)o.size : INPUT;
  pattern = malloc(length + PERIOD);
  input = malloc(INPUT);
  for (size_t i = 0; i < length + PERIOD; i++) pattern[i] = (char)(i % PERIOD);
}

// Sends until the bound on what is in flight or the kernel says stop. Returns whether the kernel did.
static bool send_more(int i) {
  stream *s = &streams[i];
  uint64_t bound = (uint64_t)o.size * (uint64_t)o.depth;
  while (s->sent - s->received + (uint64_t)o.size <= bound) {
    ssize_t n = send(fds[i], pattern + s->sent % PERIOD, (size_t)o.size, 0);
    if (n < 0 && errno == EAGAIN) return true;
    if (n < 0) fail("send");
    s->sent += (uint64_t)n;
  }
  return false;
}

static void receive(int i) {
  stream *s = &streams[i];
  ssize_t n = recv(fds[i], input, INPUT, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) fail("receive");
  if (o.verify && memcmp(input, pattern + s->received % PERIOD, (size_t)n) != 0) errno = EPROTO, fail("verify");
  s->received += (uint64_t)n;
  received_bytes += (double)n;
}

static void watch(int epoll, int i, bool output) {
  struct epoll_event event = {.events = EPOLLIN | (output ? EPOLLOUT : 0), .data.u32 = (uint32_t)i};
  epoll_ctl(epoll, EPOLL_CTL_MOD, fds[i], &event);
}

static void stream_until(int epoll, double end, bool sending) {
  struct epoll_event events[BATCH];
  double heard = now();
  for (double at = heard; at < end; at = now()) {
    int ready = epoll_wait(epoll, events, BATCH, 50);
    if (ready > 0) heard = at;
    else if (!sending) return;
    else if (at - heard > 5) errno = ETIMEDOUT, fail("stalled");
    for (int k = 0; k < ready; k++) {
      int i = (int)events[k].data.u32;
      if (events[k].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(i);
      bool full = sending && send_more(i);
      if (full != ((events[k].events & EPOLLOUT) != 0)) watch(epoll, i, full);
    }
  }
}

int main(int argc, char **argv) {
  o = parse_options(argc, argv);
  fds = calloc((size_t)o.conns, sizeof *fds);
  streams = calloc((size_t)o.conns, sizeof *streams);
  make_pattern();
  int epoll = dial_all(&o, fds);
  for (int i = 0; i < o.conns; i++)
    if (send_more(i)) watch(epoll, i, true);
  stream_until(epoll, now() + o.warmup, true);

  account from = take_account(&o);
  received_bytes = 0;
  stream_until(epoll, from.at + o.seconds, true);
  account to = take_account(&o);
  double measured = received_bytes;

  for (int i = 0; i < o.conns; i++) watch(epoll, i, false);
  stream_until(epoll, now() + 1, false);
  close_all(&o, epoll, fds);
  print_window("bulk", &o, from, to);
  printf(",\"operations\":%.3f}\n", measured / 1048576.0);
  return 0;
}
