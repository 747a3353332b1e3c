// What the FTP client's modes share: sessions, logging in many at a time, the bytes that files consist of.
#ifndef BELFRY_FTP_H
#define BELFRY_FTP_H

#include "load.h"

// Every file is this many bytes again and again. A prime, so that what is mixed up or left out shows.
enum { PATTERN = 65521, CHUNK = 256 * 1024 };

typedef struct {
  const char *mode;      // which of the modes of ftp.c
  const char *path;      // of the file, the folder, or the numbered files
  const char *user, *password;
  int64_t bytes;         // length of a file
  int count;             // how many files there are, or how often something is done
} ftp_options;

typedef struct {
  int control, data;     // descriptors; -1 for none
  int index;             // which source address
  int step;              // where its mode has got to
  int64_t left;          // bytes still to be moved
  int multiline;         // the code of the reply whose lines are being skipped, else 0
  size_t from, to;       // what of `input` is not handed out yet
  char input[4096];
} session;

// Takes the pairs that are FTP's own out of the command line and hands the others to parse_options.
options parse_ftp_options(int argc, char **argv, ftp_options *ftp);

// Prints {"error": …} with what the server said and ends the process with 1.
__attribute__((noreturn)) void refuse(const char *what, const char *said);

// The next final line of a reply, which stays valid until the next call; NULL when none has come yet and `wait` is false.
const char *next_reply(session *s, bool wait);
void send_command(session *s, const char *verb, const char *argument);
// Sends a command, waits for its reply and ends the process unless its code is `code`.
const char *command(session *s, const char *verb, const char *argument, int code);
int code_of(const char *reply);

// Logs `count` sessions in, `at_a_time` of them at once, each with TYPE I when `is_binary`.
session *log_in(const options *o, const ftp_options *ftp, int count, int at_a_time, bool is_binary);
// Ends all sessions and waits, but not for long, until the server has closed them.
void log_out(session *sessions, int count);

// A blocking data connection to the port of a reply to EPSV.
int dial_data(const session *s, const char *reply);

// `pattern_at(p)` is followed by at least CHUNK bytes as a file has them from `p` on.
const char *pattern_at(int64_t place);

#endif
