"""La synthèse d'un dossier, dite pour le classeur avec les mots de l'écran."""

from django.utils.text import Truncator

from appels.templatetags.appels import chiffre, lisible, typo
from documents import classeur as document
from documents import nombres
from documents.champs import imprimable

# Les mêmes longueurs qu'à l'écran : la synthèse tient en une page.
MOTS_DU_RESUME, MOTS_DU_PUBLIC, MOTS_DES_PARTENAIRES, MOTS_D_UNE_REPONSE = 60, 30, 25, 25
CIBLES_MAX = 3


def synthese_imprimee(synthese):
    dossier, avant = synthese.dossier, synthese.avant
    return document.Synthese(
        resume=_couper(dossier.description, MOTS_DU_RESUME),
        chiffres=_chiffres(synthese),
        qui=_qui(dossier),
        pour_qui=_pour_qui(synthese),
        cibles=tuple((lisible(c.objectif.texte), c.quartier.nom) for c in dossier.cibles.all()[:CIBLES_MAX]),
        portraits=tuple(_portrait(portrait) for portrait in synthese.portraits),
        suite_des_lieux=_suite_des_lieux(synthese),
        demandes=tuple(document.Demande(*demande) for demande in synthese.demandes),
        minimum=dossier.montant_minimum,
        annee_avant=avant.annee if avant else None,
        avant=_avant(avant) if avant else (),
        reserves=tuple(_reserve(reserve) for reserve in avant.reserves) if avant else (),
        changements=tuple(map(tuple, avant.changements)) if avant else (),
        autres_changements=avant.autres_changements if avant else 0,
    )


def _couper(texte, mots):
    return Truncator(texte).words(mots, truncate="…")


def _nombre(valeur):
    return f"{valeur:,.0f}".replace(",", nombres.FINE)


def _pluriel(nombre):
    return "s" if nombre > 1 else ""


def _chiffres(s):
    dossier = s.dossier
    des_quartiers = f", dont {dossier.part_qpv} % des quartiers" if dossier.part_qpv is not None else ""
    return (
        (nombres.euros(s.totaux.demande), f"demandés, {_nombre(s.totaux.taux_demande)} % des produits"),
        (nombres.euros(s.totaux.charges), "de coût total"),
        (_nombre(dossier.nb_beneficiaires) if dossier.nb_beneficiaires else "–", f"bénéficiaires{des_quartiers}"),
        (nombres.euros(s.cout_par_personne) if s.cout_par_personne is not None else "–", "par personne"),
    )


def _qui(dossier):
    organisme = dossier.organisme
    qui = ", ".join(filter(None, [organisme.nom, organisme.get_type_display().lower(), organisme.ville]))
    periode = ""
    if dossier.debut and dossier.fin:
        periode = f"Du {nombres.date(dossier.debut)} au {nombres.date(dossier.fin)}"
    avec = f"Avec : {_couper(dossier.partenaires, MOTS_DES_PARTENAIRES)}" if dossier.partenaires else ""
    return tuple(filter(None, [qui, periode, avec]))


def _pour_qui(s):
    dossier = s.dossier
    ages = " · ".join(f"{libelle} : {_nombre(nombre)}" for libelle, nombre in s.ages)
    genres = ""
    if dossier.nb_femmes is not None and dossier.nb_hommes is not None:
        femmes, hommes = dossier.nb_femmes, dossier.nb_hommes
        genres = f"{_nombre(femmes)} femme{_pluriel(femmes)}, {_nombre(hommes)} homme{_pluriel(hommes)}"
    return (_couper(dossier.public, MOTS_DU_PUBLIC) or "Non renseigné", *filter(None, [ages, genres]))


def _portrait(portrait):
    lignes = [f"{_nombre(portrait.population)} habitants"] if portrait.population else []
    for c in portrait.chiffres:
        contre = f", contre {chiffre(c.reference, c.unite)}" if c.reference is not None else ""
        lignes.append(f"{typo(c.libelle)} : {chiffre(c.valeur, c.unite)}{contre}")
    for titre, constats in (("Fragilités", portrait.fragilites), ("Points d’appui", portrait.appuis)):
        if constats:
            lignes.append(f"{titre} : {' ; '.join(lisible(constat).lower() for constat, _ in constats)}")
    return document.Portrait(typo(portrait.nom), tuple(map(imprimable, lignes)))


def _suite_des_lieux(s):
    autres = len(s.dossier.cibles.all()) - CIBLES_MAX
    suites = []
    if autres > 0:
        suites.append(f"Et {autres} autre{_pluriel(autres)} objectif{_pluriel(autres)}.")
    if s.autres_quartiers:
        pluriel = _pluriel(s.autres_quartiers)
        suites.append(f"Et {s.autres_quartiers} autre{pluriel} quartier{pluriel}.")
    return " ".join(suites)


def _avant(avant):
    decision = (
        f"Obtenu : {nombres.euros(avant.obtenu)}."
        if avant.decide
        else f"La décision de {avant.annee} n’est pas encore notifiée."
    )
    suites = []
    if avant.depense is not None:
        suites.append(f"Dépenses réalisées, déclarées par l’organisme : {nombres.euros(avant.depense)}.")
    if avant.beneficiaires is not None:
        prevus = f", pour {_nombre(avant.beneficiaires_prevus)} prévus" if avant.beneficiaires_prevus else ""
        suites.append(f"{_nombre(avant.beneficiaires)} bénéficiaires{prevus}.")
    if not suites:
        suites.append("L’organisme n’a pas encore déclaré ce qui a été réalisé.")
    return (" ".join([decision, *suites]),)


def _reserve(reserve):
    reponse = f" Réponse : {_couper(reserve.reponse, MOTS_D_UNE_REPONSE)}" if reserve.reponse else ""
    return reserve.traitee, f"{reserve.texte}{reponse}"
