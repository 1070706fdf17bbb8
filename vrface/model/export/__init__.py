"""Networks as ONNX, for engines that run neither Python nor JAX."""

from vrface.model.export.files import exported as exported
from vrface.model.export.files import write as write
