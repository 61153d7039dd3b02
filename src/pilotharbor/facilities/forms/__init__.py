"""What people type about lines, machines, hours and prices."""

from pilotharbor.facilities.forms.equipment import (
    EquipmentForm,
    LinkForm,
    PaperForm,
    QualificationForm,
)
from pilotharbor.facilities.forms.hours import ClosureForm, HoursForm
from pilotharbor.facilities.forms.lines import (
    EngineerForm,
    LineForm,
    ReasonForm,
    SafetyForm,
    SiteForm,
)
from pilotharbor.facilities.forms.parts import day_field
from pilotharbor.facilities.forms.prices import (
    ConsumableForm,
    RepriceForm,
    TariffEndForm,
    TariffForm,
)

__all__ = [
    "ClosureForm",
    "ConsumableForm",
    "EngineerForm",
    "EquipmentForm",
    "HoursForm",
    "LineForm",
    "LinkForm",
    "PaperForm",
    "QualificationForm",
    "ReasonForm",
    "RepriceForm",
    "SafetyForm",
    "SiteForm",
    "TariffEndForm",
    "TariffForm",
    "day_field",
]
