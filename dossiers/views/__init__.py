"""Les pages du dossier, une par parcours : commencer et saisir, joindre, déposer, suivre, instruire."""
