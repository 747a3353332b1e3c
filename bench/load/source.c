// Writes that many bytes to standard output, a pipe's worth at a time.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 16, LIMIT_SECONDS = 120 };

int main(int argc, char **argv) {
  static char chunk[CHUNK];
  alarm(LIMIT_SECONDS);
  memset(chunk, 'x', sizeof chunk);
  long long left = argc > 1 ? atoll(argv[1]) : 0;
  while (left > 0) {
    ssize_t n = write(STDOUT_FILENO, chunk, left < CHUNK ? (size_t)left : CHUNK);
    if (n <= 0) return 1;
    left -= n;
  }
  return 0;
}
