// Clients that ask and wait for the answer, again and again, while the server may be doing something else: each of `active`
// of the `conns` connections sends one message, reads it back, thinks, and asks again; after `life` requests it ends the
// connection in order and dials anew, as it does when the server has ended it between two requests. Nothing that goes wrong
// ends the run: it is counted. SIGUSR1 and SIGUSR2 say that another phase begins: the server is busy otherwise, or was.
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 512, CALM = 0, BUSY = 1, BETWEEN = 2, PHASES = 3, SOURCES = 16 };

static const double PATIENCE = 5, RETRY = 0.05;
static const size_t MOST_LATENCIES = 1 << 22;

typedef enum { UNBORN, DIALING, THINKING, ASKING, LEAVING, AWAY } state;

typedef struct {
  int fd;
  state state;
  int asked;       // requests on this connection
  int life;        // and how many it will make
  int received;    // bytes of the answer
  int phase;       // in which the request was sent
  double since;    // when the request was sent, or the dial begun
  double next_at;  // when it goes on by itself: asks, or dials again
} client;

typedef struct {
  uint32_t *latencies;
  size_t count;
  double requests, failed, resets, refused, late, dials, ended;
} tally;

static options o;
static int epoll, active, think_ms, life;
static client *clients;
static tally tallies[PHASES];
static char *message, *input;
static volatile sig_atomic_t phase, is_over;

static void on_signal(int number) {
  if (number == SIGTERM) is_over = 1;
  else phase = number == SIGUSR1 ? BUSY : BETWEEN;
}

// Of this client alone: the others' options are not to be more for it.
static int take_option(int *argc, char **argv, const char *name, int preset) {
  for (int i = 1; i + 1 < *argc; i += 2) {
    if (strcmp(argv[i], name) != 0) continue;
    int value = atoi(argv[i + 1]);
    memmove(argv + i, argv + i + 2, (size_t)(*argc - i - 2) * sizeof *argv);
    *argc -= 2;
    return value;
  }
  return preset;
}

static double spread(double mean) { return mean * (0.5 + (double)rand() / RAND_MAX); }

static void watch(int i, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.u32 = (uint32_t)i};
  epoll_ctl(epoll, operation, clients[i].fd, &event);
}

static void retry(int i, double at) {
  clients[i].state = AWAY;
  clients[i].next_at = at + RETRY;
}

static void dial(int i, double at) {
  client *c = &clients[i];
  int on = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) fail("socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  struct sockaddr_in to = {.sin_family = AF_INET};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(i % SOURCES));
  if (bind(c->fd, (struct sockaddr *)&to, sizeof to) != 0) fail("bind");
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons((uint16_t)o.port);
  c->state = DIALING;
  c->since = at;
  c->asked = c->received = 0;
  c->life = life == 0 ? 0 : 1 + (int)spread(life);
  tallies[phase].dials++;
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS) {
    watch(i, EPOLLOUT | EPOLLIN, EPOLL_CTL_ADD);
    return;
  }
  tallies[phase].refused++;
  close(c->fd);
  retry(i, at);
}

static void begin_again(int i, double at) {
  close(clients[i].fd);
  dial(i, at);
}

// The server has gone away, in order or not, with an answer owed or not.
static void lose(int i, double at, bool is_reset) {
  client *c = &clients[i];
  tally *t = &tallies[phase];
  if (is_reset) t->resets++;
  else if (c->state == THINKING) t->ended++;
  if (c->state == ASKING) t->failed++;
  begin_again(i, at);
}

// Whether the server has ended the connection meanwhile: who keeps connections looks before using one again.
static bool has_ended(const client *c) {
  char byte;
  return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void ask(int i, double at) {
  client *c = &clients[i];
  if (think_ms > 0 && has_ended(c)) {
    lose(i, at, false);
    return;
  }
  c->state = ASKING;
  c->since = at;
  c->phase = phase;
  c->received = 0;
  ssize_t sent = send(c->fd, message, (size_t)o.size, 0);
  if (sent == o.size) return;
  lose(i, at, sent < 0 && (errno == ECONNRESET || errno == EPIPE));
}

static void think(int i, double at) {
  client *c = &clients[i];
  c->state = THINKING;
  // An idle one asks once, so that the server has seen it.
  c->next_at = i >= active && c->asked > 0 ? 1e18 : at + spread(think_ms / 1e3);
  if (think_ms == 0 && i < active) ask(i, at);
}

static void finish(int i, double at) {
  client *c = &clients[i];
  // A request counts as one of a busy time that began or ended in it.
  tally *t = &tallies[c->phase == BUSY ? BUSY : phase];
  t->requests++;
  if (t->count < MOST_LATENCIES) t->latencies[t->count++] = (uint32_t)((at - c->since) * 1e6);
  c->asked++;
  if (c->life == 0 || c->asked < c->life) {
    think(i, at);
    return;
  }
  c->state = LEAVING;
  c->since = at;
  shutdown(c->fd, SHUT_WR);
}

static void receive(int i) {
  client *c = &clients[i];
  ssize_t n = recv(c->fd, input, (size_t)o.size + 1, 0);
  double at = now();
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    lose(i, at, n < 0);
    return;
  }
  bool is_right = c->state == ASKING && c->received + n <= o.size && memcmp(input, message + c->received, (size_t)n) == 0;
  if (!is_right) errno = EPROTO, fail("verify");
  c->received += (int)n;
  if (c->received == o.size) finish(i, at);
}

static void connected(int i) {
  client *c = &clients[i];
  int error = 0;
  socklen_t length = sizeof error;
  double at = now();
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error == 0) {
    watch(i, EPOLLIN, EPOLL_CTL_MOD);
    think(i, at);
    return;
  }
  tallies[phase].refused++;
  close(c->fd);
  retry(i, at);
}

static void look_at_clocks(double at) {
  for (int i = 0; i < o.conns; i++) {
    client *c = &clients[i];
    if (c->state == THINKING && c->next_at <= at) ask(i, at);
    else if (c->state == AWAY && c->next_at <= at) dial(i, at);
    else if (c->state >= DIALING && c->state <= LEAVING && c->state != THINKING && at - c->since > PATIENCE) {
      if (c->state == ASKING) tallies[phase].failed++;
      tallies[phase].late++;
      begin_again(i, at);
    }
  }
}

static void run_until(double end) {
  struct epoll_event events[BATCH];
  double looked = 0;
  for (double at = now(); at < end && !is_over; at = now()) {
    // Often enough for those who think, rare enough to cost little with ten thousand.
    if (at - looked >= 0.001) look_at_clocks(looked = at);
    int ready = epoll_wait(epoll, events, BATCH, 1);
    for (int k = 0; k < ready; k++) {
      int i = (int)events[k].data.u32;
      if (clients[i].state == DIALING) connected(i);
      else receive(i);
    }
  }
}

static void print_phase(const char *name, tally *t) {
  printf(",\"%sRequests\":%.0f,\"%sFailed\":%.0f,\"%sResets\":%.0f", name, t->requests, name, t->failed, name, t->resets);
  printf(",\"%sRefused\":%.0f,\"%sLate\":%.0f,\"%sDials\":%.0f", name, t->refused, name, t->late, name, t->dials);
  printf(",\"%sEnded\":%.0f,\"%sP50\":%.0f", name, t->ended, name, quantile(t->latencies, t->count, 0.5));
  printf(",\"%sP99\":%.0f,\"%sMax\":%.0f", name, quantile(t->latencies, t->count, 0.99), name,
         quantile(t->latencies, t->count, 1));
}

int main(int argc, char **argv) {
  think_ms = take_option(&argc, argv, "--think", 0);
  life = take_option(&argc, argv, "--life", 0);
  active = take_option(&argc, argv, "--active", 1 << 30);
  o = parse_options(argc, argv);
  struct sigaction action = {.sa_handler = on_signal};
  for (int k = 0; k < 3; k++) sigaction((int[]){SIGUSR1, SIGUSR2, SIGTERM}[k], &action, NULL);
  message = malloc((size_t)o.size);
  input = malloc((size_t)o.size + 1);
  for (int i = 0; i < o.size; i++) message[i] = (char)('a' + i % 26);
  message[o.size - 1] = '\n';
  for (int k = 0; k < PHASES; k++) tallies[k].latencies = malloc(MOST_LATENCIES * sizeof(uint32_t));
  clients = calloc((size_t)o.conns, sizeof *clients);
  epoll = epoll_create1(0);
  for (int i = 0; i < o.conns; i++) {
    dial(i, now());
    // So many at once would wait for a place in the server's backlog.
    if (i % 100 == 99) run_until(now() + 0.005);
  }
  run_until(now() + o.warmup);
  for (int k = 0; k < PHASES; k++) tallies[k] = (tally){.latencies = tallies[k].latencies};
  fprintf(stderr, "ready\n");

  account from = take_account(&o);
  run_until(from.at + o.seconds);
  account to = take_account(&o);
  print_window("steady", &o, from, to);
  double requests = 0;
  for (int k = 0; k < PHASES; k++) requests += tallies[k].requests;
  printf(",\"operations\":%.0f", requests);
  print_phase("calm", &tallies[CALM]);
  print_phase("busy", &tallies[BUSY]);
  print_phase("between", &tallies[BETWEEN]);
  printf("}\n");
  return 0;
}
