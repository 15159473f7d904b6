"""Data to learn and test with: a seeded ride-hailing experiment, and a real randomised trial."""

from decision_widgets.examples.ride_hailing import TRUE_EFFECTS, ride_hailing
from decision_widgets.examples.social_insurance import social_insurance

__all__ = ["TRUE_EFFECTS", "ride_hailing", "social_insurance"]
