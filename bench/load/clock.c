// Opens `conns` connections to a clock that writes HH:MM:SS and a line feed each second, and looks at when the lines
// arrive: how far the first and the last client's are apart, and which seconds a client never saw or saw twice.
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { LINE = 9, DAY = 86400, BATCH = 1024 };

typedef struct {
  char line[LINE];
  int filled;
  int second;  // of the day, -1 before the first line
} client;

typedef struct {
  double first, last;
  int clients;
} tick;

static options o;
static client *clients;
static tick ticks[DAY];
static long lines, skipped, doubled, malformed;
static bool counting;

static double wall(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int second_of_day(const char *line) {
  for (int i = 0; i < LINE - 1; i++)
    if (i % 3 == 2 ? line[i] != ':' : line[i] < '0' || line[i] > '9') return -1;
  int hour = (line[0] - '0') * 10 + line[1] - '0', minute = (line[3] - '0') * 10 + line[4] - '0';
  int second = (line[6] - '0') * 10 + line[7] - '0';
  return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : -1;
}

static void take_line(client *c, double at) {
  int second = second_of_day(c->line);
  if (second < 0) {
    malformed++;
    return;
  }
  int step = c->second < 0 ? 1 : (second - c->second + DAY) % DAY;
  c->second = second;
  if (!counting) return;
  lines++;
  if (step == 0) doubled++;
  if (step > 1) skipped += step - 1;
  tick *t = &ticks[second];
  if (t->clients++ == 0) t->first = at;
  t->last = at;
}

static void receive(int fd, client *c) {
  char input[256];
  ssize_t n = recv(fd, input, sizeof input, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) fail("receive");
  double at = wall();
  for (ssize_t i = 0; i < n; i++) {
    if (c->filled < LINE) c->line[c->filled++] = input[i];
    if (input[i] != '\n') continue;
    if (c->filled == LINE) take_line(c, at);
    else malformed++;
    c->filled = 0;
  }
}

static void listen_until(int epoll, const int *fds, double end) {
  struct epoll_event events[BATCH];
  while (now() < end) {
    int ready = epoll_wait(epoll, events, BATCH, 20);
    for (int k = 0; k < ready; k++) receive(fds[events[k].data.u32], &clients[events[k].data.u32]);
  }
}

// Milliseconds from the first client's line to the last one's, and from the second's begin to the last one's, for
// every tick that all clients saw.
static void print_ticks(void) {
  static uint32_t spreads[DAY], ends[DAY];
  size_t full = 0;
  for (int i = 0; i < DAY; i++) {
    const tick *t = &ticks[i];
    if (t->clients < o.conns) continue;
    spreads[full] = (uint32_t)((t->last - t->first) * 1e6);
    ends[full++] = (uint32_t)((t->last - (double)(long)t->first) * 1e6);
  }
  printf(",\"fullTicks\":%zu,\"spreadMs\":%.2f", full, quantile(spreads, full, 0.5) / 1e3);
  printf(",\"spreadMsMax\":%.2f", quantile(spreads, full, 1) / 1e3);
  printf(",\"lastAfterSecondMs\":%.2f", quantile(ends, full, 0.5) / 1e3);
}

int main(int argc, char **argv) {
  o = parse_options(argc, argv);
  clients = calloc((size_t)o.conns, sizeof *clients);
  for (int i = 0; i < o.conns; i++) clients[i].second = -1;
  int *fds = calloc((size_t)o.conns, sizeof *fds);
  int epoll = dial_all(&o, fds);
  // Begins and ends in the middle between two ticks of a clock that keeps to the second.
  double begin = now() + o.warmup, into = wall() + o.warmup;
  begin += 1.5 - (into - (double)(long)into);
  listen_until(epoll, fds, begin);
  counting = true;
  account from = take_account(&o);
  listen_until(epoll, fds, begin + o.seconds);
  account to = take_account(&o);

  print_window("clock", &o, from, to);
  printf(",\"lines\":%ld,\"skipped\":%ld,\"doubled\":%ld,\"malformed\":%ld", lines, skipped, doubled, malformed);
  print_ticks();
  printf(",\"residentKib\":%ld}\n", resident_kib(&o));
  return 0;
}
