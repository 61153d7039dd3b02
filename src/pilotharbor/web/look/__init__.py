"""How the product looks: a person's choices of theme and density, and the page of all components."""
