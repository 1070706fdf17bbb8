/* The newest face of the service on this machine, whether it runs or not. */
#pragma once
#include <mutex>

#include "layer.h"

namespace vrface {

class FaceSource {
 public:
  ~FaceSource() { vrface_close(faces_); }
  /* Whether there is a face to show, which is then in `face`. Never waits for the service. */
  Presence read(vrface_block *face);

 private:
  bool lives(int64_t now_ns);
  bool follow(int64_t now_ns);
  bool look(bool block);
  bool take();

  std::mutex mutex_;
  const uint8_t *faces_ = nullptr;
  int64_t opened_ns_ = 0, sought_ns_ = 0;
  bool follows_ = false;
  int slot_ = 0;
  vrface_block face_ = {}; /* the newest of the session it follows */
  /* Of the file, as it was a moment ago: its head, and the block of that slot. */
  alignas(8) uint8_t head_[4096] = {};
  vrface_block there_ = {};
};

}  // namespace vrface
