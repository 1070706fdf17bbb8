/* What the layer writes for the 1,024 bytes of a frame block, in one of its schemes, for test_mixture.py to call. */
#include "layer.h"

extern "C" int written(const void *bytes, int scheme, float *values) {
  const vrface::Scheme *const schemes[] = {&vrface::FB2, &vrface::HTC, &vrface::ANDROID};
  vrface_block face;
  if (vrface_parse(bytes, sizeof face, &face) != VRFACE_FACE) return 0;
  vrface::write(*schemes[scheme], face, values);
  return schemes[scheme]->value_count;
}
