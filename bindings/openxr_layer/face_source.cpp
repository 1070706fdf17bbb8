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
constexpr size_t SESSION_BYTES = sizeof vrface_block::session;

const uint8_t *session_in(const uint8_t *head, int slot) { return head + 64 + 16 * slot; }

}  // namespace

/* Copies the head out of the file, and the slot's block if it is wanted: by way of the system where it has one. Where
 * somebody cut the file, to touch its memory would end the game, while this is false. Windows cuts no mapped file. */
bool FaceSource::look(bool block) {
  const uint8_t *from = faces_ + sizeof head_ + sizeof there_ * static_cast<size_t>(slot_);
#ifdef __linux__
  const iovec here[] = {{head_, sizeof head_}, {&there_, sizeof there_}};
  const iovec there[] = {{const_cast<uint8_t *>(faces_), sizeof head_}, {const_cast<uint8_t *>(from), sizeof there_}};
  const unsigned long parts = block ? 2 : 1;
  const ssize_t got = process_vm_readv(getpid(), here, parts, there, parts, 0);
  if (got >= 0 || errno == EFAULT) return got == static_cast<ssize_t>(sizeof head_ + (block ? sizeof there_ : 0));
#endif
  std::memcpy(head_, faces_, sizeof head_);
  if (block) std::memcpy(&there_, from, sizeof there_);
  return true;
}

/* Whether a server holds the file; there is a new look at it then. */
bool FaceSource::lives(int64_t now_ns) {
  if (faces_ && look(follows_) && vrface_alive(head_)) return true;
  if (opened_ns_ && now_ns - opened_ns_ < OPEN_EVERY_NS) return false;
  vrface_close(faces_); /* it may have been replaced */
  faces_ = vrface_open(nullptr);
  opened_ns_ = now_ns;
  return faces_ && look(false) && vrface_alive(head_);
}

/* Makes the block that was looked at the newest face, if it is whole and of the session that its slot is said to be. */
bool FaceSource::take() {
  for (int tries = 0; tries < 3; tries++) {
    const bool whole = there_.lock % 2 == 0 && !std::memcmp(there_.session, session_in(head_, slot_), SESSION_BYTES);
    if (whole && there_.lock == face_.lock && there_.crc == face_.crc) return true; /* it is that already */
    if (whole && vrface_parse(&there_, sizeof there_, &face_) == VRFACE_FACE) return true;
    if (!look(true)) return false;
  }
  return false;
}

/* Finds the session that is followed, or else the first whose face is not stale: one wearer, until that one ends. */
bool FaceSource::follow(int64_t now_ns) {
  static const uint8_t nobody[SESSION_BYTES] = {};
  if (follows_ && !std::memcmp(session_in(head_, slot_), face_.session, SESSION_BYTES)) {
    take(); /* torn: the last one has to do */
    return true;
  }
  follows_ = false;
  if (now_ns - sought_ns_ < SEEK_EVERY_NS) return false;
  sought_ns_ = now_ns;
  for (slot_ = 0; slot_ < VRFACE_SLOTS; slot_++) {
    follows_ = std::memcmp(session_in(head_, slot_), nobody, SESSION_BYTES) && look(true) && take() &&
               !vrface_stale(&face_, face_.published_ns, now_ns);
    if (follows_) return true;
  }
  slot_ = 0;
  return false;
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
