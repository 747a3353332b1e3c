// One timer for all clients, at the wall clock's seconds; each also gets the time when it connects.
#include "server.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 9, BATCH = 512 };

static int epoll, listener, timer;
static int clients[MAX_FDS], client_count;
static int place[MAX_FDS];  // of a descriptor in `clients`

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void write_time(char *line) {
  // Not time(2): its coarse clock may still tell the second before when the timer of the new one has fired.
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time_t at = now.tv_sec;
  struct tm local;
  localtime_r(&at, &local);
  strftime(line, LINE + 1, "%H:%M:%S\n", &local);
}

static void accept_all(void) {
  char line[LINE + 1];
  write_time(line);
  for (int fd; (fd = accept_one(listener)) >= 0;) {
    place[fd] = client_count;
    clients[client_count++] = fd;
    watch(fd);
    send(fd, line, LINE, 0);
  }
}

static void drop(int fd) {
  int last = clients[--client_count];
  clients[place[fd]] = last;
  place[last] = place[fd];
  close(fd);
}

static void discard(int fd) {
  char input[256];
  ssize_t n = recv(fd, input, sizeof input, 0);
  if (n == 0 || (n < 0 && errno != EAGAIN)) drop(fd);
}

static void tick(void) {
  uint64_t expirations;
  if (read(timer, &expirations, sizeof expirations) < 0) return;
  char line[LINE + 1];
  write_time(line);
  for (int i = 0; i < client_count; i++) send(clients[i], line, LINE, 0);
}

int main(void) {
  listener = listen_anywhere();
  epoll = epoll_create1(0);
  timer = timerfd_create(CLOCK_REALTIME, 0);
  struct itimerspec every = {.it_interval = {.tv_sec = 1}, .it_value = {.tv_sec = time(NULL) + 1}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &every, NULL);
  watch(listener);
  watch(timer);
  struct epoll_event events[BATCH];
  for (;;) {
    int ready = epoll_wait(epoll, events, BATCH, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_all();
      else if (fd == timer) tick();
      else discard(fd);
    }
  }
}
