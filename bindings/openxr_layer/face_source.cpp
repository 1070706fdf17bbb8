#include "face_source.h"

#include <cstring>
#ifdef __linux__
#include <cerrno>
#include <sys/uio.h>
#endif

namespace vrface {
namespace {

/* A server is sought so often while there is none, and a session while it has none to be shown. */
constexpr int64_t OPEN_EVERY_NS = 250'000'000, SEEK_EVERY_NS = 50'000'000;
/* Faces come several times as often, and the heartbeat each 100 ms. */
constexpr int64_t SILENT_NS = 150'000'000;

/* From the file's memory, by way of the system where it has one: where somebody cut the file, to touch the memory would
 * end the game, while this is false. Windows cuts no file that is mapped. */
bool copied(const void *from, size_t size, void *to) {
#ifdef __linux__
  const iovec here = {to, size}, there = {const_cast<void *>(from), size};
  const ssize_t got = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
  if (got >= 0 || errno == EFAULT) return got == static_cast<ssize_t>(size);
#endif
  std::memcpy(to, from, size);
  return true;
}

const uint8_t *session_in(const uint8_t *head, int slot) { return head + 64 + 16 * slot; }

}  // namespace

bool FaceSource::lives(int64_t now_ns) {
  if (faces_ && copied(faces_, sizeof head_, head_) && vrface_alive(head_)) return true;
  if (opened_ns_ && now_ns - opened_ns_ < OPEN_EVERY_NS) return false;
  vrface_close(faces_); /* it may have been replaced */
  faces_ = vrface_open(nullptr);
  opened_ns_ = now_ns;
  return faces_ && copied(faces_, sizeof head_, head_) && vrface_alive(head_);
}

/* A slot's face, if it is whole and of the session that the slot is said to be. */
bool FaceSource::fetch(int slot, vrface_block *face) const {
  vrface_block there;
  for (int tries = 0; tries < 3; tries++) {
    if (!copied(faces_ + sizeof head_ + sizeof there * static_cast<size_t>(slot), sizeof there, &there)) return false;
    if (there.lock % 2 || std::memcmp(there.session, session_in(head_, slot), sizeof there.session)) continue;
    if (vrface_parse(&there, sizeof there, face) == VRFACE_FACE) return true;
  }
  return false;
}

/* Finds the session that is followed, or else the first whose face is not stale: one wearer, until that one ends. */
bool FaceSource::follow(int64_t now_ns) {
  static const uint8_t nobody[sizeof face_.session] = {};
  for (int slot = 0; follows_ && slot < VRFACE_SLOTS; slot++) {
    if (std::memcmp(session_in(head_, slot), face_.session, sizeof nobody)) continue;
    fetch(slot, &face_); /* torn: the last one has to do */
    return true;
  }
  follows_ = false;
  if (now_ns - sought_ns_ < SEEK_EVERY_NS) return false;
  sought_ns_ = now_ns;
  for (int slot = 0; slot < VRFACE_SLOTS && !follows_; slot++)
    follows_ = std::memcmp(session_in(head_, slot), nobody, sizeof nobody) && fetch(slot, &face_) &&
               !vrface_stale(&face_, face_.published_ns, now_ns);
  return follows_;
}

Presence FaceSource::read(vrface_block *face) {
  const std::lock_guard<std::mutex> held(mutex_);
  const int64_t now_ns = vrface_now_ns();
  if (!lives(now_ns)) {
    follows_ = false;
    return Presence::GONE;
  }
  if (!follow(now_ns)) return Presence::AWAY;
  int64_t beat_ns = 0;
  std::memcpy(&beat_ns, head_ + 24, sizeof beat_ns);
  const bool silent = now_ns - (beat_ns > face_.published_ns ? beat_ns : face_.published_ns) > SILENT_NS;
  if (silent || face_.status != VRFACE_TRACKING || vrface_stale(&face_, face_.published_ns, now_ns))
    return Presence::AWAY;
  *face = face_;
  return Presence::HERE;
}

}  // namespace vrface
