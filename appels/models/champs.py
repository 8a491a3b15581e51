"""Ce que partagent les champs de montant."""

MONTANT = {"max_digits": 12, "decimal_places": 2}
