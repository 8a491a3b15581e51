"""Bibliothèque PDF : des données entrent, des octets sortent ; elle ne connaît ni Django ni la base.

Pour ajouter un document :
1. une dataclass gelée qui dit tout ce que le document imprime (dates et heures déjà locales) ;
2. une fonction `composer(document) -> bytes` qui bâtit une histoire de blocs balisés (`balisage`)
   et la confie à `balisage.rendre` ;
3. un test qui la fait valider en PDF/UA-1 et PDF/A-2a, et qui lit son texte.
Une valeur obligatoire vide ou un repère « {{ » restant lève `ChampManquant` ; une valeur facultative
vide retire sa phrase.
"""
