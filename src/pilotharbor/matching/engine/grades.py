"""How far a find that was taken up may get."""

REFUSED, OPENED, CONTACTED, MET, SIGNED = 0, 1, 2, 3, 4
