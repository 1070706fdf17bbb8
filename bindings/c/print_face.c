/* Prints one face: what an engine reads each frame.
 *
 *   print_face [FACES [SESSION]]    out of the faces file: the usual one, or that at FACES (- = the usual one)
 *   print_face --udp PORT           the next one that arrives on 127.0.0.1, within five seconds
 *   print_face --block FILE NOW_NS  one block of 1,024 bytes, at that time of its writer's clock
 *
 *   cc -std=c99 -O2 -o print_face print_face.c
 *
 * A line `result face`, or `none`, `torn`, `unknown` (another version), for the faces file after one that says whether
 * a server lives; then a line for each field, and for each weight `weight PLACE VALUE STDDEV SOURCE NAME`.
 * Exit code: 0 with a face, 1 without, 2 if it was called wrongly. */
#include "vrface_frame_block.h"
#include "vrface_shapes.h"
#ifndef _WIN32
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#endif

static const char *const RESULTS[] = {"face", "none", "torn", "unknown"};

/* Whoever opened the session knows the names of its extras; extra_set tells whether they are these. */
static const char *name_of(int place) { return place < VRFACE_CORE ? vrface_shape_names[place] : "extra"; }

static void print_face(const vrface_block *face, int stale) {
  printf("session ");
  for (int i = 0; i < 16; i++) printf("%02x", face->session[i]);
  printf("\nmodel_tag ");
  for (int i = 0; i < 4; i++) printf("%02x", face->model_tag[i]);
  printf("\nsequence %llu\n", (unsigned long long)face->sequence);
  printf("frame_time_ns %lld\n", (long long)face->frame_time_ns);
  printf("sample_time_ns %lld\n", (long long)face->sample_time_ns);
  printf("published_ns %lld\n", (long long)face->published_ns);
  printf("period_us %lu\nclock %d\nflags %d\n", (unsigned long)face->period_us, face->clock, face->flags);
  printf("status %d\nstale %d\n", face->status, stale);
  printf("extra_count %d\nextra_set %lu\n", face->extra_count, (unsigned long)face->extra_set);
  printf("confidence %.9g %.9g %.9g\n", face->confidence[0], face->confidence[1], face->confidence[2]);
  printf("gaze %.9g %.9g %.9g %.9g\n", face->gaze[0], face->gaze[1], face->gaze[2], face->gaze[3]);
  for (int at = 0; at < VRFACE_CORE + face->extra_count; at++)
    printf("weight %d %.9g %.9g %d %s\n", at, face->weights[at], face->stddev[at], face->source[at], name_of(at));
}

static vrface_found from_block(const char *path, vrface_block *face) {
  char bytes[sizeof *face + 1]; /* one more, so that a longer one is seen to be that */
  FILE *file = fopen(path, "rb");
  size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
  if (!file) return VRFACE_NONE;
  fclose(file);
  return vrface_parse(bytes, size, face);
}

static vrface_found from_udp(const char *port, vrface_block *face) {
#ifdef _WIN32
  (void)port, (void)face; /* the same with Winsock: one recv, one vrface_parse */
  return VRFACE_NONE;
#else
  char bytes[sizeof *face + 1];
  struct timeval patience = {5, 0};
  struct sockaddr_in here;
  ssize_t size = -1;
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  memset(&here, 0, sizeof here);
  here.sin_family = AF_INET;
  here.sin_port = htons((uint16_t)atoi(port));
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (udp < 0 || bind(udp, (struct sockaddr *)&here, sizeof here)) return VRFACE_NONE;
  setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  size = recv(udp, bytes, sizeof bytes, 0);
  close(udp);
  return size < 0 ? VRFACE_NONE : vrface_parse(bytes, (size_t)size, face);
#endif
}

static vrface_found from_memory(const char *path, const char *session, vrface_block *face) {
  uint8_t wanted[16];
  const uint8_t *faces;
  vrface_found found = VRFACE_NONE;
  for (int i = 0; session && i < 16; i++) {
    unsigned byte;
    if (sscanf(session + 2 * i, "%2x", &byte) != 1) return VRFACE_NONE;
    wanted[i] = (uint8_t)byte;
  }
  faces = vrface_open(strcmp(path, "-") ? path : NULL); /* once; an engine leaves it mapped */
  printf("alive %d\n", faces && vrface_alive(faces));
  if (faces) found = vrface_read(faces, session ? wanted : NULL, face);
  vrface_close(faces);
  return found;
}

int main(int count, char **given) {
  const char *option = count > 1 ? given[1] : "-";
  int64_t now_ns = 0, since_ns = 0;
  vrface_block face;
  vrface_found found;
  if (count == 4 && !strcmp(option, "--block")) {
    found = from_block(given[2], &face);
    now_ns = strtoll(given[3], NULL, 10);
    since_ns = found == VRFACE_FACE ? face.published_ns : 0;
  } else if (count == 3 && !strcmp(option, "--udp")) {
    found = from_udp(given[2], &face);
    now_ns = since_ns = vrface_now_ns(); /* it came just now, wherever its sender's clock stands */
  } else if (count < 3 || (count == 3 && strlen(given[2]) == 32)) {
    found = from_memory(option, count == 3 ? given[2] : NULL, &face);
    since_ns = found == VRFACE_FACE ? face.published_ns : 0;
    now_ns = vrface_now_ns();
  } else {
    fprintf(stderr, "usage: print_face [FACES [SESSION]] | --udp PORT | --block FILE NOW_NS\n");
    return 2;
  }
  printf("result %s\n", RESULTS[found]);
  if (found != VRFACE_FACE) return 1;
  print_face(&face, vrface_stale(&face, since_ns, now_ns));
  return 0;
}
