// An FTP client that measures: logs in, opens passive connections with EPSV and moves files, as `--mode` says.
//   down, up              one session: a file of `bytes` bytes, again and again for `seconds`
//   small-down, small-up  one session: files of `bytes` bytes, for `seconds`; `count` of them are there to fetch
//   login                 `count` logins, `conns` at a time
//   many-down, many-up    `conns` sessions, each with a file of `bytes` bytes, all at once
//   list                  LIST of a folder with `count` entries, twice, while another session sends NOOP again and again
//   idle                  memory that `conns` sessions add to that of a hundred
// Uploads are named `path` and a number. What is fetched is read into a buffer, as by any client.
#include "ftp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOGINS_AT_A_TIME = 16, EARLIER = 100, BATCH = 512, SETTLE_MICROSECONDS = 700000 };

static options o;
static ftp_options ftp;
static char input[CHUNK];
static int named;

static void check(int64_t place, ssize_t length) {
  if (memcmp(input, pattern_at(place), (size_t)length) != 0) errno = EPROTO, fail("verify");
}

static void end_transfer(session *s) {
  close(s->data);
  s->data = -1;
}

// Opens a data connection and starts a transfer; both replies are waited for.
static void begin_transfer(session *s, const char *verb, const char *name) {
  s->data = dial_data(s, command(s, "EPSV", "", 229));
  send_command(s, verb, name);
  const char *reply = next_reply(s, true);
  if (code_of(reply) != 150 && code_of(reply) != 125) refuse(verb, reply);
}

static void await_complete(session *s) {
  const char *reply = next_reply(s, true);
  if (code_of(reply) != 226 && code_of(reply) != 250) refuse("transfer", reply);
}

static void fetch(session *s, const char *name) {
  begin_transfer(s, "RETR", name);
  int64_t place = 0;
  for (ssize_t n; (n = recv(s->data, input, CHUNK, 0)) != 0; place += n) {
    if (n < 0) fail("receive");
    if (o.verify) check(place, n);
  }
  end_transfer(s);
  await_complete(s);
  if (place != ftp.bytes) refuse("RETR", "not all bytes, or too many, have come");
}

static void store(session *s, const char *name) {
  begin_transfer(s, "STOR", name);
  for (int64_t place = 0; place < ftp.bytes;) {
    int64_t left = ftp.bytes - place;
    ssize_t n = send(s->data, pattern_at(place), (size_t)(left < CHUNK ? left : CHUNK), 0);
    if (n < 0) fail("send");
    place += n;
  }
  end_transfer(s);
  await_complete(s);
}

static const char *fresh_name(void) {
  static char name[300];
  snprintf(name, sizeof name, "%s%d-%d", ftp.path, getpid(), named++);
  return name;
}

static const char *numbered_name(int number) {
  static char name[300];
  snprintf(name, sizeof name, "%s%d", ftp.path, number);
  return name;
}

static double move_until(session *s, double end) {
  bool is_small = strncmp(ftp.mode, "small", 5) == 0, is_up = strstr(ftp.mode, "up") != NULL;
  double files = 0;
  do {
    if (is_up) store(s, fresh_name());
    else fetch(s, is_small ? numbered_name((int)files % ftp.count) : ftp.path);
    files++;
  } while (now() < end);
  return is_small ? files : files * (double)ftp.bytes / (1 << 20);
}

// An operation is a file for small files, a MiB for big ones.
static void measure_one(void) {
  session *s = log_in(&o, &ftp, 1, 1, true);
  if (o.warmup > 0) move_until(s, now() + o.warmup);
  account from = take_account(&o);
  double operations = move_until(s, from.at + o.seconds);
  account to = take_account(&o);
  log_out(s, 1);
  print_window(ftp.mode, &o, from, to);
  printf(",\"operations\":%.3f}\n", operations);
}

static void measure_logins(void) {
  account from = take_account(&o);
  session *sessions = log_in(&o, &ftp, ftp.count, o.conns, false);
  account to = take_account(&o);
  log_out(sessions, ftp.count);
  print_window(ftp.mode, &o, from, to);
  printf(",\"operations\":%d}\n", ftp.count);
}

enum { ASKED_PORT, ASKED_FILE, MOVING, COMPLETE };

static void watch(int epoll, int fd, int operation, uint32_t events, int index) {
  // The data connection's events carry a negative number.
  struct epoll_event event = {.events = events, .data.u64 = (uint64_t)(int64_t)index};
  if (epoll_ctl(epoll, operation, fd, &event) != 0) fail("epoll");
}

static bool move_some(session *s, bool is_up) {
  ssize_t n;
  if (is_up) {
    if (s->left == 0) return false;
    n = send(s->data, pattern_at(ftp.bytes - s->left), (size_t)(s->left < CHUNK ? s->left : CHUNK), MSG_DONTWAIT);
  } else {
    n = recv(s->data, input, CHUNK, MSG_DONTWAIT);
  }
  if (n < 0 && errno == EAGAIN) return true;
  if (n < 0) fail("data");
  if (!is_up && o.verify) check(ftp.bytes - s->left, n);
  s->left -= n;
  return is_up ? s->left > 0 : n > 0;
}

static void hear(int epoll, session *s, int i, bool is_up) {
  for (const char *reply; s->step != COMPLETE && (reply = next_reply(s, false)) != NULL;) {
    if (s->step == ASKED_PORT) {
      s->data = dial_data(s, reply);
      send_command(s, is_up ? "STOR" : "RETR", is_up ? fresh_name() : ftp.path);
      if (!is_up) watch(epoll, s->data, EPOLL_CTL_ADD, EPOLLIN, -1 - i);
    } else if (s->step == ASKED_FILE) {
      if (code_of(reply) != 150 && code_of(reply) != 125) refuse("transfer", reply);
      if (is_up) watch(epoll, s->data, EPOLL_CTL_ADD, EPOLLOUT, -1 - i);
    } else if (code_of(reply) != 226 && code_of(reply) != 250) {
      refuse("transfer", reply);
    }
    s->step++;
  }
}

static void move_all(session *sessions, bool is_up) {
  struct epoll_event events[BATCH];
  int epoll = epoll_create1(0), under_way = o.conns;
  for (int i = 0; i < o.conns; i++) {
    sessions[i].step = ASKED_PORT;
    sessions[i].left = ftp.bytes;
    watch(epoll, sessions[i].control, EPOLL_CTL_ADD, EPOLLIN, i);
    send_command(&sessions[i], "EPSV", "");
  }
  while (under_way > 0) {
    int ready = epoll_wait(epoll, events, BATCH, 10000);
    if (ready <= 0) errno = ETIMEDOUT, fail("transfers");
    for (int k = 0; k < ready; k++) {
      int index = (int)(int64_t)events[k].data.u64, i = index < 0 ? -1 - index : index;
      session *s = &sessions[i];
      bool was_complete = s->step == COMPLETE && s->data < 0;
      if (index >= 0) hear(epoll, s, i, is_up);
      else if (s->data >= 0 && !move_some(s, is_up)) end_transfer(s);
      if (!was_complete && s->step == COMPLETE && s->data < 0) under_way--;
    }
  }
  close(epoll);
  for (int i = 0; i < o.conns; i++)
    if (sessions[i].left != 0) refuse("transfers", "not all bytes, or too many, have come");
}

static void measure_many(void) {
  session *sessions = log_in(&o, &ftp, o.conns, LOGINS_AT_A_TIME, true);
  account from = take_account(&o);
  move_all(sessions, strstr(ftp.mode, "up") != NULL);
  account to = take_account(&o);
  log_out(sessions, o.conns);
  print_window(ftp.mode, &o, from, to);
  printf(",\"operations\":%.3f}\n", (double)o.conns * (double)ftp.bytes / (1 << 20));
}

typedef struct {
  double seconds, first_byte, longest_noop;  // seconds all
  long entries, peak_kib;
} listing;

static void read_listing(session *s, listing *l, double began) {
  ssize_t n = recv(s->data, input, CHUNK, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n < 0) fail("listing");
  if (l->first_byte == 0) l->first_byte = now() - began;
  for (ssize_t i = 0; i < n; i++) l->entries += input[i] == '\n';
  if (n == 0) end_transfer(s);
}

// Another client's NOOP, the next one a millisecond behind the reply to the one before.
static void ping(session *other, listing *l, double *sent_at, double *replied_at) {
  if (*sent_at == 0 && now() - *replied_at > 0.001) {
    send_command(other, "NOOP", "");
    *sent_at = now();
  }
  if (*sent_at == 0 || next_reply(other, false) == NULL) return;
  *replied_at = now();
  if (*replied_at - *sent_at > l->longest_noop) l->longest_noop = *replied_at - *sent_at;
  *sent_at = 0;
}

static listing list_once(session *s, session *other) {
  listing l = {.peak_kib = 0};
  s->data = dial_data(s, command(s, "EPSV", "", 229));
  int epoll = epoll_create1(0);
  watch(epoll, s->data, EPOLL_CTL_ADD, EPOLLIN, 0);
  watch(epoll, s->control, EPOLL_CTL_ADD, EPOLLIN, 1);
  watch(epoll, other->control, EPOLL_CTL_ADD, EPOLLIN, 2);
  double began = now(), sent_at = 0, replied_at = 0, looked_at = 0;
  send_command(s, "LIST", "");
  for (bool is_complete = false; !is_complete || s->data >= 0 || sent_at != 0;) {
    struct epoll_event events[4];
    epoll_wait(epoll, events, 4, 1);
    if (s->data >= 0) read_listing(s, &l, began);
    const char *reply = is_complete ? NULL : next_reply(s, false);
    if (reply != NULL && code_of(reply) >= 300) refuse("LIST", reply);
    is_complete = is_complete || (reply != NULL && code_of(reply) >= 200);
    if (is_complete && s->data < 0 && l.seconds == 0) l.seconds = now() - began;
    if (l.seconds == 0 || sent_at != 0) ping(other, &l, &sent_at, &replied_at);
    if (now() - looked_at < 0.005) continue;
    long kib = resident_kib(&o);
    if (kib > l.peak_kib) l.peak_kib = kib;
    looked_at = now();
  }
  close(epoll);
  // Some count the folder and the one above it, and some say how much space all take.
  if (l.entries < ftp.count || l.entries > ftp.count + 3) refuse("LIST", "not all entries, or too many, have come");
  return l;
}

// The first listing shows what memory it takes; the second, in a program that has warmed up, how fast it is.
static void measure_listing(void) {
  session *s = log_in(&o, &ftp, 2, 2, true);
  for (int i = 0; i < 50; i++) command(&s[1], "NOOP", "", 200);
  command(&s[0], "CWD", ftp.path, 250);
  usleep(SETTLE_MICROSECONDS);
  long before = resident_kib(&o);
  listing first = list_once(&s[0], &s[1]);
  account from = take_account(&o);
  listing second = list_once(&s[0], &s[1]);
  account to = take_account(&o);
  log_out(s, 2);
  double longest = first.longest_noop > second.longest_noop ? first.longest_noop : second.longest_noop;
  long peak = first.peak_kib > second.peak_kib ? first.peak_kib : second.peak_kib;
  print_window(ftp.mode, &o, from, to);
  printf(",\"listSeconds\":%.5f,\"firstByteMs\":%.3f,\"noopMs\":%.3f", second.seconds, second.first_byte * 1e3, longest * 1e3);
  printf(",\"coldSeconds\":%.5f,\"coldFirstByteMs\":%.3f", first.seconds, first.first_byte * 1e3);
  printf(",\"kibBefore\":%ld,\"kibGrowth\":%ld}\n", before, peak - before);
}

// Sessions that are there before the first reading take what a program loads or compiles once.
static void measure_idle(void) {
  session *earlier = log_in(&o, &ftp, EARLIER, LOGINS_AT_A_TIME, false);
  usleep(SETTLE_MICROSECONDS);
  long before = proportional_kib(&o);
  double began = now();
  session *sessions = log_in(&o, &ftp, o.conns, LOGINS_AT_A_TIME, false);
  double connecting = now() - began;
  usleep(SETTLE_MICROSECONDS);
  long after = proportional_kib(&o);
  account from = take_account(&o);
  usleep((useconds_t)(o.seconds * 1e6));
  account to = take_account(&o);
  log_out(sessions, o.conns);
  log_out(earlier, EARLIER);
  print_window(ftp.mode, &o, from, to);
  printf(",\"kibBefore\":%ld,\"kibAfter\":%ld,\"connectSeconds\":%.3f", before, after, connecting);
  printf(",\"kibPerSession\":%.3f}\n", (double)(after - before) / o.conns);
}

int main(int argc, char **argv) {
  static const struct {
    const char *mode;
    void (*measure)(void);
  } modes[] = {
      {"down", measure_one},        {"up", measure_one},        {"small-down", measure_one}, {"small-up", measure_one},
      {"many-down", measure_many},  {"many-up", measure_many},  {"login", measure_logins},   {"list", measure_listing},
      {"idle", measure_idle},
  };
  o = parse_ftp_options(argc, argv, &ftp);
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    if (strcmp(ftp.mode, modes[i].mode) != 0) continue;
    modes[i].measure();
    return 0;
  }
  errno = EINVAL;
  fail("--mode");
}
