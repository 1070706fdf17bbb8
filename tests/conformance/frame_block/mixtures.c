/* mixtures ONE OTHER: every run of words of one block inside the other, eight bytes at a time. None may be
 * read but as one of the two. Prints how many were read and how many were not; exit code 1 if one was wrong. */
#include "vrface_frame_block.h"

enum { WORDS = 128, FACE = 24 /* what stands before it is lock and head: the same in both */ };

static void load(const char *path, uint64_t *words) {
  FILE *file = fopen(path, "rb");
  if (!file || fread(words, 8, WORDS, file) != WORDS) exit(2);
  fclose(file);
}

int main(int count, char **given) {
  uint64_t one[WORDS], other[WORDS], mixed[WORDS];
  vrface_block face;
  long read = 0, refused = 0;
  if (count != 3) return 2;
  load(given[1], one);
  load(given[2], other);
  for (int start = 0; start < WORDS; start++) {
    for (int stop = start; stop <= WORDS; stop++) {
      memcpy(mixed, one, sizeof mixed);
      memcpy(mixed + start, other + start, 8 * (size_t)(stop - start));
      if (vrface_parse(mixed, sizeof mixed, &face) != VRFACE_FACE) {
        refused++;
        continue;
      }
      read++;
      if (memcmp((char *)&face + FACE, (char *)one + FACE, 1024 - FACE) &&
          memcmp((char *)&face + FACE, (char *)other + FACE, 1024 - FACE)) return 1;
    }
  }
  printf("%ld %ld\n", read, refused);
  return 0;
}
