"""Bibliothèque PDF : des données entrent, des octets sortent ; elle ne connaît ni Django ni la base.

Pour ajouter un document :
1. une dataclass gelée qui dit tout ce que le document imprime (dates et heures déjà locales) ;
2. une fonction `composer(document) -> bytes` : `champs.exiger` d'abord, puis une `lettre.Lettre` à rendre, ou une
   histoire de blocs balisés confiée à `balisage.rendre` ; tout texte saisi passe par `champs.sur` ;
3. un exemple dans tests/documents/exemples.py : il est aussitôt validé en PDF/UA-1 et PDF/A-2a et relancé à
   l'identique ; puis un test qui lit son texte dans l'ordre.
Une valeur obligatoire vide ou un repère « {{ » restant lève `ChampManquant` ; une valeur facultative
vide retire sa phrase.
"""
