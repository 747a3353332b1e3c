// What the load clients share: options, dialing, accounting of CPU and waiting, one line of JSON at the end.
#ifndef BELFRY_LOAD_H
#define BELFRY_LOAD_H

#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { MAX_PIDS = 16 };

typedef struct {
  int port;
  int conns;       // connections
  int size;        // bytes a message
  int depth;       // messages in flight on a connection
  double seconds;  // length of the measured window
  double warmup;   // seconds of load before it
  bool verify;     // compare every echoed byte
  pid_t pids[MAX_PIDS];  // the server's processes
  int pid_count;
  const char *group;  // in their place, the folder of the control group (v2) that holds them all, come and gone
} options;

typedef struct {
  pid_t pid;
  double cpu;
} process;

// One moment's accounts. `wait` is time spent ready to run but not running: something held this side up.
typedef struct {
  double at;
  double server_cpu, server_wait;
  double client_cpu, client_wait;
  process *others;  // everything else that runs on the machine
  size_t other_count;
} account;

// Reads `--name value` pairs, lifts the descriptor limit and sets an alarm, so that no client outlives its run by far.
options parse_options(int argc, char **argv);

// Prints {"error": …} and ends the process with 1.
__attribute__((noreturn)) void fail(const char *what);

double now(void);
account take_account(const options *o);
// Sum of the resident memory of the server's processes in KiB.
long resident_kib(const options *o);
// The same with what processes share divided among them.
long proportional_kib(const options *o);

// A connected, blocking socket without Nagle's delay. `index` spreads clients over source addresses.
int dial_port(int port, int index);
// The same to the server, non-blocking.
int dial_server(const options *o, int index);
int dial_all(const options *o, int *fds);  // returns an epoll descriptor that watches them for input
// Ends the write half of each, waits until the server has ended the other half too, and closes.
void close_all(const options *o, int epoll, int *fds);

// Sorts and picks; 0 when there are none.
double quantile(uint32_t *values, size_t count, double q);

// Prints the fields every client reports about its window, without the closing brace.
void print_window(const char *mode, const options *o, account from, account to);

#endif
