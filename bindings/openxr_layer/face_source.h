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

  std::mutex mutex_;
  const uint8_t *faces_ = nullptr;
  int64_t opened_ns_ = 0, sought_ns_ = 0;
  bool follows_ = false;
  vrface_block face_ = {}; /* the newest of the session it follows */
};

}  // namespace vrface
