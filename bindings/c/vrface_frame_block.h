/* vrface frame block, version 1: reads the faces of `vrface serve --publish`. C99 or C++, POSIX or Windows; nothing
 * waits or allocates. The rules: docs/frame-block.md. Include it first, or compile with -D_POSIX_C_SOURCE=200809L. */
#pragma once
#if !defined(_WIN32) && !defined(__APPLE__) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <windows.h>
#define VRFACE_FENCE() MemoryBarrier()
#define VRFACE_UNMAP(faces) UnmapViewOfFile(faces)
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#define VRFACE_FENCE() __sync_synchronize()
#define VRFACE_UNMAP(faces) munmap((void *)faces, VRFACE_FILE_BYTES)
#endif
enum { VRFACE_CORE = 54, VRFACE_MOST = 96, VRFACE_SLOTS = 252, VRFACE_FILE_BYTES = 4096 + 252 * 1024 };
enum { VRFACE_EYES = 1, VRFACE_UPPER = 2, VRFACE_LOWER = 4, VRFACE_LIVELY = 8, VRFACE_RECORDING = 16 }; /* flags */
enum { VRFACE_TRACKING = 1, VRFACE_WARMING_UP, VRFACE_NOT_WORN, VRFACE_STALE, VRFACE_WITHHELD };        /* status */
typedef enum { VRFACE_FACE, VRFACE_NONE, VRFACE_TORN /* keep the last */, VRFACE_UNKNOWN /* version */ } vrface_found;
typedef struct {
  char magic[4]; uint16_t version, header_bytes; uint32_t block_bytes; uint16_t set_version, flags;
  uint64_t lock, sequence; int64_t frame_time_ns, sample_time_ns, published_ns; uint32_t period_us;
  uint8_t status, clock; uint16_t weight_count, extra_count, reserved0; uint32_t extra_set; uint8_t session[16];
  float confidence[3], gaze[4]; uint8_t model_tag[4], reserved1[8]; float weights[VRFACE_MOST], stddev[VRFACE_MOST];
  uint8_t source[VRFACE_MOST], reserved2[28]; uint32_t crc; /* weights: the 54, then extras; NaN = absent */
} vrface_block; typedef char vrface_layout[sizeof(vrface_block) == 1024 ? 1 : -1]; /* so there is no padding */
static inline int64_t vrface_now_ns(void) { /* the clock of published_ns: one for all processes of a machine */
#ifdef _WIN32
  LARGE_INTEGER now, rate; QueryPerformanceCounter(&now); QueryPerformanceFrequency(&rate);
  return now.QuadPart / rate.QuadPart * 1000000000 + now.QuadPart % rate.QuadPart * 1000000000 / rate.QuadPart;
#elif defined(__APPLE__)
  return (int64_t)clock_gettime_nsec_np(CLOCK_UPTIME_RAW);
#else
  struct timespec now; clock_gettime(CLOCK_MONOTONIC, &now); return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
#endif
}
static inline uint32_t vrface_crc32(const uint8_t *at, size_t size) { /* size: a multiple of 4 */
  uint32_t word, crc = ~0u, part[128]; /* 16 nibbles each, 0 to 7 nibbles from the end */
  for (uint32_t i = 0, bits; i < 128; part[i++] = word)
    for (word = i < 16 ? i : part[i - 16], bits = 4; bits--;) word = word >> 1 ^ (word & 1) * 0xedb88320;
  for (; size; size -= 4, at += 4, crc = word) { memcpy(&word, at, 4); crc ^= word; word = 0;
    for (uint32_t i = 128; i; crc >>= 4) word ^= part[(i -= 16) + (crc & 15)]; }
  return ~crc;
}
static inline float vrface_in(float x, float least, float most) { return x >= least && x <= most ? x : NAN; }
/* A block out of `size` bytes, such as a datagram. `face` is written only if there is one. */
static inline vrface_found vrface_parse(const void *bytes, size_t size, vrface_block *face) {
  vrface_block copy; const char *begins = "VRFB\1\0\200\0\0\4\0\0\1"; /* version 1, 128, 1024, set 1 */
  if (size != sizeof copy || memcmp(memcpy(&copy, bytes, sizeof copy), begins, 14)) return VRFACE_UNKNOWN;
  if (vrface_crc32((const uint8_t *)&copy + 24, 996) != copy.crc) return VRFACE_TORN;
  if (copy.weight_count != VRFACE_CORE || copy.extra_count > VRFACE_MOST - VRFACE_CORE) return VRFACE_UNKNOWN;
  for (int i = 0; i < 3; i++) copy.confidence[i] = vrface_in(copy.confidence[i], 0, 1);
  for (int i = 0; i < 4; i++) copy.gaze[i] = vrface_in(copy.gaze[i], -1.6f, 1.6f);
  for (int i = 0; i < VRFACE_MOST; i++) { /* what no face can hold, or has no known source, is absent */
    copy.stddev[i] = vrface_in(copy.stddev[i], 0, 1);
    copy.weights[i] = vrface_in(copy.weights[i], 0, copy.source[i] - 1u < 7 ? 1 : -1);
    if (!(copy.weights[i] >= 0)) copy.source[i] = 0;
  }
  *face = copy; return VRFACE_FACE;
}
/* Whether a face is too old to be shown. `since_ns`: its published_ns; over UDP, when it arrived. */
static inline int vrface_stale(const vrface_block *face, int64_t since_ns, int64_t now_ns) {
  uint64_t most_ns = 3000 * (uint64_t)(face->period_us < 1000000 ? face->period_us : 1000000);
  return now_ns < since_ns || (uint64_t)now_ns - (uint64_t)since_ns > (most_ns > 100000000 ? most_ns : 100000000);
}
/* Map the faces file; path NULL = where servers put it. Returns NULL while there is none: try again later. */
static inline const uint8_t *vrface_open(const char *path) {
  char usual[1024] = ""; const char *home = getenv("XDG_RUNTIME_DIR"); const void *faces = NULL;
#ifdef _WIN32
  HANDLE file, map; if (!home || !*home) home = getenv("LOCALAPPDATA");
  if (home && *home) snprintf(usual, sizeof usual, "%s\\vrface\\faces", home);
  file = CreateFileA(path ? path : usual, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL); /* 7: share all */
  map = file == INVALID_HANDLE_VALUE ? NULL : CreateFileMappingA(file, NULL, PAGE_READONLY, 0, VRFACE_FILE_BYTES, NULL);
  if (map) { faces = MapViewOfFile(map, FILE_MAP_READ, 0, 0, VRFACE_FILE_BYTES); CloseHandle(map); }
  if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
#else
  struct stat is; int file; const char *other = getenv("TMPDIR");
  if (home && *home) snprintf(usual, sizeof usual, "%s/vrface/faces", home);
  else snprintf(usual, sizeof usual, "%s/vrface-%u/faces", other && *other ? other : "/tmp", (unsigned)getuid());
  if ((file = open(path ? path : usual, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0) return NULL;
  if (!fstat(file, &is) && is.st_uid == getuid() && is.st_size >= VRFACE_FILE_BYTES) /* others could cut it */
    faces = mmap(NULL, VRFACE_FILE_BYTES, PROT_READ, MAP_SHARED, file, 0);
  close(file); if (faces == MAP_FAILED) faces = NULL;
#endif
  return (const uint8_t *)faces;
}
static inline void vrface_close(const uint8_t *faces) { if (faces) VRFACE_UNMAP(faces); }
static inline int vrface_known(const uint8_t *faces) { return !memcmp(faces, "VRFS\1\0\374\0\0\4\0", 12); }
static inline int vrface_alive(const uint8_t *faces) { /* whether a server holds the file, by its heartbeat */
  int64_t beat_ns = *(const volatile int64_t *)(const void *)(faces + 24), now_ns = vrface_now_ns();
  return vrface_known(faces) && now_ns >= beat_ns && (uint64_t)now_ns - (uint64_t)beat_ns <= 1000000000;
}
/* The newest face of a session (16 bytes), or, with NULL, of the first that is not stale: then go on with its own. */
static inline vrface_found vrface_read(const uint8_t *faces, const uint8_t *session, vrface_block *face) {
  static const uint8_t nobody[16] = {0}; vrface_found result = VRFACE_NONE; vrface_block copy;
  if (!vrface_known(faces)) return VRFACE_UNKNOWN;
  for (int slot = 0; slot < VRFACE_SLOTS && (session || vrface_alive(faces)); slot++) {
    const uint8_t *name = faces + 64 + 16 * slot;
    const vrface_block *there = (const vrface_block *)(const void *)(faces + 4096 + 1024 * slot);
    const volatile uint64_t *lock = &there->lock; vrface_found found = VRFACE_TORN;
    if (session ? memcmp(name, session, 16) : !memcmp(name, nobody, 16)) continue;
    if (!session && vrface_stale(there, there->published_ns, vrface_now_ns())) continue;
    for (int tries = 0; tries < 16 && found == VRFACE_TORN; tries++) {
      uint64_t before = *lock; VRFACE_FENCE(); memcpy(&copy, there, sizeof copy); VRFACE_FENCE();
      if (before % 2 == 0 && *lock == before) found = vrface_parse(&copy, sizeof copy, &copy);
    }
    if (found == VRFACE_FACE && memcmp(copy.session, name, 16)) found = VRFACE_TORN; /* it changed hands */
    if ((result = found) == VRFACE_FACE) { *face = copy; return found; }
  }
  return result;
}
