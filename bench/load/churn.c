// Connects, sends one message, reads it back, closes: `conns` of them at a time. One operation is one connection's life.
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 256 };

static options o;
static int epoll, *fds, *received, dialed;
static char *message, *input;
static double lives;

static void begin(int i) {
  fds[i] = dial_server(&o, dialed++);
  received[i] = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event);
  if (send(fds[i], message, (size_t)o.size, 0) != o.size) fail("send");
}

static void receive(int i) {
  ssize_t n = recv(fds[i], input, (size_t)o.size, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) fail("receive");
  if (o.verify && memcmp(input, message + received[i], (size_t)n) != 0) errno = EPROTO, fail("verify");
  received[i] += (int)n;
  if (received[i] < o.size) return;
  close(fds[i]);
  lives++;
  begin(i);
}

static void live_until(double end) {
  struct epoll_event events[BATCH];
  double heard = now();
  for (double at = heard; at < end; at = now()) {
    int ready = epoll_wait(epoll, events, BATCH, 50);
    if (ready > 0) heard = at;
    else if (at - heard > 5) errno = ETIMEDOUT, fail("stalled");
    for (int k = 0; k < ready; k++) receive((int)events[k].data.u32);
  }
}

int main(int argc, char **argv) {
  o = parse_options(argc, argv);
  fds = calloc((size_t)o.conns, sizeof *fds);
  received = calloc((size_t)o.conns, sizeof *received);
  message = malloc((size_t)o.size);
  input = malloc((size_t)o.size);
  memset(message, 'x', (size_t)o.size);
  message[o.size - 1] = '\n';
  epoll = epoll_create1(0);
  for (int i = 0; i < o.conns; i++) begin(i);
  live_until(now() + o.warmup);

  account from = take_account(&o);
  lives = 0;
  live_until(from.at + o.seconds);
  account to = take_account(&o);
  double measured = lives;

  close_all(&o, epoll, fds);
  print_window("churn", &o, from, to);
  printf(",\"operations\":%.0f}\n", measured);
  return 0;
}
