"""Les pages des appels : ce que tout le monde lit, ce que l'agent prépare, et les pages de la maison."""
