// Sends `depth` messages at once on each connection, waits for as many bytes back, and begins again. One operation is
// one message. Every message ends in a line feed, so that line servers can be measured with it.
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { MAX_LATENCIES = 1 << 20, BATCH = 512 };

typedef struct {
  size_t received;
  double sent_at;
} exchange;

static options o;
static int *fds;
static exchange *exchanges;
static char *round_trip, *input;
static size_t length;
static uint32_t *latencies;
static size_t latency_count;
static double operations;
static int under_way;

// Bytes depend on their place, so that a mixed-up echo is noticed.
static void make_messages(void) {
  length = (size_t)o.size * (size_t)o.depth;
  round_trip = malloc(length);
  input = malloc(length + 65536);
  for (size_t i = 0; i < length; i++) {
    size_t column = i % (size_t)o.size;
    round_trip[i] = column == (size_t)o.size - 1 ? '\n' : (char)('a' + (i * 7 + i / (size_t)o.size) % 26);
  }
}

static void send_round(int i) {
  exchanges[i].received = 0;
  exchanges[i].sent_at = now();
  if (send(fds[i], round_trip, length, 0) != (ssize_t)length) fail("send");
  under_way++;
}

static void receive(int i, bool again) {
  exchange *x = &exchanges[i];
  ssize_t n = recv(fds[i], input, length + 65536, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) fail("receive");
  size_t end = x->received + (size_t)n;
  if (end > length || (o.verify && memcmp(input, round_trip + x->received, (size_t)n) != 0)) errno = EPROTO, fail("verify");
  x->received = end;
  if (end < length) return;
  under_way--;
  operations += o.depth;
  if (latency_count < MAX_LATENCIES) latencies[latency_count++] = (uint32_t)((now() - x->sent_at) * 1e9);
  if (again) send_round(i);
}

static void exchange_until(int epoll, double end, bool again) {
  struct epoll_event events[BATCH];
  double heard = now();
  for (double at = heard; at < end && under_way > 0; at = now()) {
    int ready = epoll_wait(epoll, events, BATCH, 50);
    for (int k = 0; k < ready; k++) receive((int)events[k].data.u32, again);
    if (ready > 0) heard = at;
    else if (at - heard > 5) errno = ETIMEDOUT, fail("stalled");
  }
}

int main(int argc, char **argv) {
  o = parse_options(argc, argv);
  fds = calloc((size_t)o.conns, sizeof *fds);
  exchanges = calloc((size_t)o.conns, sizeof *exchanges);
  latencies = malloc(MAX_LATENCIES * sizeof *latencies);
  make_messages();
  int epoll = dial_all(&o, fds);
  for (int i = 0; i < o.conns; i++) send_round(i);
  exchange_until(epoll, now() + o.warmup, true);

  account from = take_account(&o);
  operations = 0;
  latency_count = 0;
  exchange_until(epoll, from.at + o.seconds, true);
  account to = take_account(&o);
  double measured = operations;
  size_t measured_latencies = latency_count;

  // What is under way comes back, and the server closes: its work for this sample must not run into the next one.
  exchange_until(epoll, now() + 1, false);
  close_all(&o, epoll, fds);
  print_window("pingpong", &o, from, to);
  printf(",\"operations\":%.0f,\"p50\":%.1f", measured, quantile(latencies, measured_latencies, 0.5) / 1e3);
  printf(",\"p99\":%.1f}\n", quantile(latencies, measured_latencies, 0.99) / 1e3);
  return 0;
}
