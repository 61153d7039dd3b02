"""How anything is changed, recorded or refused; knows no business words."""
