"""What is known of one wearer, and how it comes to be known."""

from vrface.model.calibration.calibration import MODES as MODES
from vrface.model.calibration.calibration import About as About
from vrface.model.calibration.calibration import Arrays as Arrays
from vrface.model.calibration.calibration import Calibration as Calibration
from vrface.model.calibration.calibration import Mode as Mode
