/* read_many FACES COUNT SECONDS: reads the first session until COUNT faces were new, or for so long.
 * Every face must be whole: all of its numbers tell its sequence (as 1024ths, and modulo 7 in
 * `source`). Prints how many faces were new, and how often none could be had; exit code 1 at the
 * first torn one. */
#include "vrface_frame_block.h"

static int whole(const vrface_block *face) {
  float number = (float)face->sequence / 1024;
  for (int at = 0; at < VRFACE_MOST; at++) {
    if (face->weights[at] != number || face->stddev[at] != number) return 0;
    if (face->source[at] != face->sequence % 7 + 1) return 0;
  }
  return face->confidence[0] == number && face->confidence[2] == number && face->gaze[3] == number &&
         face->frame_time_ns == (int64_t)face->sequence && face->extra_count == 42;
}

int main(int count, char **given) {
  const uint8_t *faces = count == 4 ? vrface_open(given[1]) : NULL;
  long wanted = faces ? atol(given[2]) : 0, taken = 0, missed = 0;
  int64_t until_ns = vrface_now_ns() + (faces ? atol(given[3]) : 0) * (int64_t)1000000000;
  vrface_block face, last;
  uint8_t session[16];
  if (!faces) return 2;
  memcpy(session, faces + 64, sizeof session);
  memset(&last, 0, sizeof last);
  while (taken < wanted && vrface_now_ns() < until_ns) {
    if (vrface_read(faces, session, &face) != VRFACE_FACE) {
      missed++;
    } else if (face.lock != last.lock) {
      if (!whole(&face)) {
        printf("torn at sequence %lu\n", (unsigned long)face.sequence);
        return 1;
      }
      last = face;
      taken++;
    }
  }
  printf("%ld %ld\n", taken, missed);
  return 0;
}
