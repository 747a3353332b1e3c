// The limit: one thread, epoll, one buffer for all; what a peer does not take at once is kept and reading pauses.
#include "server.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { INPUT = 1 << 16, BATCH = 512 };

typedef struct {
  char *bytes;
  size_t from, to;
} rest;

static rest rests[MAX_FDS];
static char input[INPUT];
static int epoll, listener;

static void watch(int operation, int fd, uint32_t what) {
  struct epoll_event event = {.events = what, .data.fd = fd};
  epoll_ctl(epoll, operation, fd, &event);
}

static void drop(int fd) {
  free(rests[fd].bytes);
  rests[fd].bytes = NULL;
  close(fd);
}

static void accept_all(void) {
  for (int fd; (fd = accept_one(listener)) >= 0;) watch(EPOLL_CTL_ADD, fd, EPOLLIN);
}

static void write_rest(int fd) {
  rest *r = &rests[fd];
  ssize_t n = send(fd, r->bytes + r->from, r->to - r->from, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n < 0) {
    drop(fd);
    return;
  }
  r->from += (size_t)n;
  if (r->from < r->to) return;
  free(r->bytes);
  r->bytes = NULL;
  watch(EPOLL_CTL_MOD, fd, EPOLLIN);
}

static void echo(int fd) {
  ssize_t got = recv(fd, input, sizeof input, 0);
  if (got < 0 && errno == EAGAIN) return;
  ssize_t sent = got > 0 ? send(fd, input, (size_t)got, 0) : -1;
  if (got <= 0 || (sent < 0 && errno != EAGAIN)) {
    drop(fd);
    return;
  }
  if (sent < 0) sent = 0;
  if (sent == got) return;
  rest *r = &rests[fd];
  *r = (rest){.bytes = malloc((size_t)(got - sent)), .to = (size_t)(got - sent)};
  memcpy(r->bytes, input + sent, r->to);
  watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
}

int main(void) {
  listener = listen_anywhere();
  epoll = epoll_create1(0);
  watch(EPOLL_CTL_ADD, listener, EPOLLIN);
  struct epoll_event events[BATCH];
  for (;;) {
    int ready = epoll_wait(epoll, events, BATCH, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_all();
      else if (rests[fd].bytes != NULL) write_rest(fd);
      else echo(fd);
    }
  }
}
