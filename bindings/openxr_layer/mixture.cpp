/* How a face is written in a scheme, as vrface.face.mixture does it in Python. */
#include <cmath>
#include <cstring>
#include <limits>

#include "layer.h"

namespace vrface {

void write(const Scheme &scheme, const vrface_block &face, float *values) {
  constexpr float absent = std::numeric_limits<float>::quiet_NaN();
  float shapes[VRFACE_SHAPE_COUNT + VRFACE_EXTRA_COUNT];
  for (float &shape : shapes) shape = absent;
  std::memcpy(shapes, face.weights, VRFACE_SHAPE_COUNT * sizeof(float));
  for (const ExtraSet &set : EXTRA_SETS) {
    if (set.extra_set != face.extra_set || set.count != face.extra_count) continue;
    for (int at = 0; at < set.count; at++)
      shapes[VRFACE_SHAPE_COUNT + set.places[at]] = face.weights[VRFACE_SHAPE_COUNT + at];
  }
  for (int value = 0; value < scheme.value_count; value++) values[value] = absent;
  for (const Way *way = scheme.ways; way < scheme.ways + scheme.way_count; way++) {
    float &value = values[way->value];
    if (!std::isnan(value)) continue;
    float sum = 0;
    for (int at = 0; at < way->terms; at++) sum += way->term[at].share * shapes[way->term[at].shape];
    value = sum < 0 ? 0 : sum > 1 ? 1 : sum; /* what is absent stays so */
  }
  for (int value = 0; value < scheme.value_count; value++)
    if (std::isnan(values[value])) values[value] = 0;
}

}  // namespace vrface
