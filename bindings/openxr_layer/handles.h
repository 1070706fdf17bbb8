/* Handles and what stands behind them, for any number of threads. */
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace vrface {

template <class Thing> class Handles {
 public:
  /* What a handle stands for; null where it is nobody's, or no longer. Whoever holds it may finish with it. */
  std::shared_ptr<Thing> find(uint64_t handle) {
    const std::lock_guard<std::mutex> held(mutex_);
    const auto at = things_.find(handle);
    return at == things_.end() ? nullptr : at->second;
  }
  void keep(uint64_t handle, std::shared_ptr<Thing> thing) {
    const std::lock_guard<std::mutex> held(mutex_);
    things_[handle] = std::move(thing);
  }
  void drop(uint64_t handle) {
    const std::lock_guard<std::mutex> held(mutex_);
    things_.erase(handle);
  }
  template <class Test> void drop_if(Test test) {
    const std::lock_guard<std::mutex> held(mutex_);
    for (auto at = things_.begin(); at != things_.end();) at = test(*at->second) ? things_.erase(at) : std::next(at);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<uint64_t, std::shared_ptr<Thing>> things_;
};

}  // namespace vrface
