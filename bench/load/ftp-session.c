#include "ftp.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { GREETING, USER, PASS, TYPE, LOGGED_IN, BATCH = 64, LIMIT_SECONDS = 90 };

options parse_ftp_options(int argc, char **argv, ftp_options *ftp) {
  *ftp = (ftp_options){.mode = "", .path = "", .user = "anonymous", .password = "bench", .count = 1};
  char **rest = calloc((size_t)argc + 1, sizeof *rest);
  int kept = 0;
  rest[kept++] = argv[0];
  for (int i = 1; i + 1 < argc; i += 2) {
    char *name = argv[i], *value = argv[i + 1];
    if (!strcmp(name, "--mode")) ftp->mode = value;
    else if (!strcmp(name, "--path")) ftp->path = value;
    else if (!strcmp(name, "--user")) ftp->user = value;
    else if (!strcmp(name, "--password")) ftp->password = value;
    else if (!strcmp(name, "--bytes")) ftp->bytes = atoll(value);
    else if (!strcmp(name, "--count")) ftp->count = atoi(value);
    else rest[kept++] = name, rest[kept++] = value;
  }
  if (ftp->count < 1) errno = EINVAL, fail("--count");
  options o = parse_options(kept, rest);
  // A thousand logins take some servers half a minute.
  alarm(LIMIT_SECONDS);
  return o;
}

void refuse(const char *what, const char *said) {
  printf("{\"error\":\"%s: ", what);
  for (; *said != 0; said++)
    if (isprint((unsigned char)*said) && *said != '"' && *said != '\\') putchar(*said);
  printf("\"}\n");
  fflush(stdout);
  _exit(1);
}

int code_of(const char *reply) { return atoi(reply); }

static bool fill(session *s, bool wait) {
  memmove(s->input, s->input + s->from, s->to - s->from);
  s->to -= s->from;
  s->from = 0;
  if (s->to == sizeof s->input) refuse("control", "a line is too long");
  ssize_t n = recv(s->control, s->input + s->to, sizeof s->input - s->to, wait ? 0 : MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return false;
  if (n < 0) fail("control");
  if (n == 0) refuse("control", "closed by the server");
  s->to += (size_t)n;
  return true;
}

static bool is_final(session *s, const char *line) {
  bool has_code = isdigit((unsigned char)line[0]) && isdigit((unsigned char)line[1]) && isdigit((unsigned char)line[2]);
  if (!has_code) return false;
  if (s->multiline == 0 && line[3] == '-') s->multiline = code_of(line);
  if (line[3] == '-' || (s->multiline != 0 && code_of(line) != s->multiline)) return false;
  s->multiline = 0;
  return true;
}

const char *next_reply(session *s, bool wait) {
  for (;;) {
    char *line = s->input + s->from;
    char *end = memchr(line, '\n', s->to - s->from);
    if (end == NULL) {
      if (!fill(s, wait)) return NULL;
      continue;
    }
    *end = 0;
    s->from = (size_t)(end + 1 - s->input);
    if (is_final(s, line)) return line;
  }
}

void send_command(session *s, const char *verb, const char *argument) {
  char line[512];
  int length = snprintf(line, sizeof line, *argument == 0 ? "%s\r\n" : "%s %s\r\n", verb, argument);
  if (send(s->control, line, (size_t)length, 0) != length) fail(verb);
}

const char *command(session *s, const char *verb, const char *argument, int code) {
  send_command(s, verb, argument);
  const char *reply = next_reply(s, true);
  if (code_of(reply) != code) refuse(verb, reply);
  return reply;
}

// What is sent behind a reply that was waited for; false once there is nothing more to be sent.
static bool step_in(session *s, const ftp_options *ftp, const char *reply, bool is_binary) {
  static const int expected[] = {[GREETING] = 220, [USER] = 331, [PASS] = 230, [TYPE] = 200};
  int code = code_of(reply);
  bool needs_no_password = s->step == USER && code == 230;
  if (needs_no_password) s->step = PASS;
  else if (code != expected[s->step]) refuse("login", reply);
  s->step++;
  if (s->step == USER) send_command(s, "USER", ftp->user);
  else if (s->step == PASS) send_command(s, "PASS", ftp->password);
  else if (s->step == TYPE && is_binary) send_command(s, "TYPE", "I");
  else return false;
  return true;
}

session *log_in(const options *o, const ftp_options *ftp, int count, int at_a_time, bool is_binary) {
  session *sessions = calloc((size_t)count, sizeof *sessions);
  int epoll = epoll_create1(0), dialed = 0, done = 0;
  struct epoll_event events[BATCH];
  while (done < count) {
    for (; dialed < count && dialed - done < at_a_time; dialed++) {
      session *s = &sessions[dialed];
      s->index = getpid() + dialed;
      s->data = -1;
      s->control = dial_port(o->port, s->index);
      struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)dialed};
      epoll_ctl(epoll, EPOLL_CTL_ADD, s->control, &event);
    }
    int ready = epoll_wait(epoll, events, BATCH, 10000);
    if (ready <= 0) errno = ETIMEDOUT, fail("login");
    for (int k = 0; k < ready; k++) {
      session *s = &sessions[events[k].data.u32];
      const char *reply = next_reply(s, false);
      if (reply == NULL || step_in(s, ftp, reply, is_binary)) continue;
      s->step = LOGGED_IN;
      epoll_ctl(epoll, EPOLL_CTL_DEL, s->control, NULL);
      done++;
    }
  }
  close(epoll);
  return sessions;
}

void log_out(session *sessions, int count) {
  static char rest[4096];
  // A server that has gone already has nothing to be told.
  for (int i = 0; i < count; i++) send(sessions[i].control, "QUIT\r\n", 6, MSG_NOSIGNAL);
  double end = now() + 5;
  for (int i = 0; i < count; i++) {
    struct timeval patience = {.tv_sec = now() < end ? 2 : 0, .tv_usec = 1000};
    setsockopt(sessions[i].control, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while (recv(sessions[i].control, rest, sizeof rest, 0) > 0) continue;
    close(sessions[i].control);
  }
}

int dial_data(const session *s, const char *reply) {
  const char *port = strstr(reply, "|||");
  if (code_of(reply) != 229 || port == NULL) refuse("EPSV", reply);
  return dial_port(atoi(port + 3), s->index);
}

const char *pattern_at(int64_t place) {
  static char *bytes;
  if (bytes == NULL) {
    bytes = malloc(PATTERN + CHUNK);
    for (int i = 0; i < PATTERN + CHUNK; i++) bytes[i] = (char)(i % PATTERN * 7 + i % PATTERN / 251);
  }
  return bytes + place % PATTERN;
}
