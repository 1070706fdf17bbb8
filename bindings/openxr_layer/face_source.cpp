#include "face_source.h"

namespace vrface {
namespace {

/* A server is sought so often while there is none, and a session while it has none to be shown. */
constexpr int64_t OPEN_EVERY_NS = 250'000'000, SEEK_EVERY_NS = 50'000'000;
/* Faces come several times as often, and the heartbeat each 100 ms. */
constexpr int64_t SILENT_NS = 150'000'000;

int64_t beat_of(const uint8_t *faces) {
  return *reinterpret_cast<const volatile int64_t *>(faces + 24);
}

}  // namespace

/* Whether a server holds the file. */
bool FaceSource::lives(int64_t now_ns) {
  if (faces_ && vrface_alive(faces_)) return true;
  if (opened_ns_ && now_ns - opened_ns_ < OPEN_EVERY_NS) return false;
  vrface_close(faces_); /* it may have been replaced */
  faces_ = vrface_open(nullptr);
  opened_ns_ = now_ns;
  return faces_ && vrface_alive(faces_);
}

/* Takes the newest face of the session that is followed, or else of the first whose face is not stale: one wearer,
 * until that one ends. */
bool FaceSource::follow(int64_t now_ns) {
  if (follows_) {
    const vrface_found found = vrface_read(faces_, face_.session, &face_);
    if (found == VRFACE_FACE || found == VRFACE_TORN) return true; /* torn: the last one has to do */
    follows_ = false;
  }
  if (now_ns - sought_ns_ < SEEK_EVERY_NS) return false;
  sought_ns_ = now_ns;
  follows_ = vrface_read(faces_, nullptr, &face_) == VRFACE_FACE;
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
  const int64_t beat_ns = beat_of(faces_);
  const bool silent = now_ns - (beat_ns > face_.published_ns ? beat_ns : face_.published_ns) > SILENT_NS;
  if (silent || face_.status != VRFACE_TRACKING || vrface_stale(&face_, face_.published_ns, now_ns))
    return Presence::AWAY;
  *face = face_;
  return Presence::HERE;
}

}  // namespace vrface
