// A listening socket on a free port of 127.0.0.1, announced on standard error.
#ifndef BELFRY_PEER_SERVER_H
#define BELFRY_PEER_SERVER_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { BACKLOG = 4096, MAX_FDS = 1 << 17 };

static inline int listen_anywhere(void) {
  signal(SIGPIPE, SIG_IGN);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max < MAX_FDS ? limit.rlim_max : MAX_FDS;
  setrlimit(RLIMIT_NOFILE, &limit);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, BACKLOG) != 0) {
    perror("listen");
    exit(1);
  }
  getsockname(listener, (struct sockaddr *)&at, &length);
  fprintf(stderr, "listening on 127.0.0.1:%d\n", ntohs(at.sin_port));
  return listener;
}

static inline int accept_one(int listener) {
  int conn = accept4(listener, NULL, NULL, SOCK_NONBLOCK), on = 1;
  if (conn >= 0) setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return conn;
}

#endif
