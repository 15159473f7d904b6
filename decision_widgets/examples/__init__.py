"""Data to learn and test with: seeded ride-hailing experiments whose truth is known, and a real randomised trial."""

from decision_widgets.examples.marketplace import marketplace
from decision_widgets.examples.ride_hailing import TRUE_EFFECTS, ride_hailing
from decision_widgets.examples.social_insurance import social_insurance

__all__ = ["TRUE_EFFECTS", "marketplace", "ride_hailing", "social_insurance"]
