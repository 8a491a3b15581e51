"""Filtrer et trier un classement : la page, le CSV et le classeur disent toujours la même chose."""

from dataclasses import dataclass

from evaluation.models import Avis

SANS_AVIS = "sans"
SENS = (*Avis.Sens.choices, (SANS_AVIS, "Sans avis"))
MONTRER = {
    "debattre": ("À débattre", lambda ligne: ligne.a_debattre),
    "sans-debat": ("Proposés sans débat", lambda ligne: ligne.sans_debat),
    "seuil": ("Sous un seuil bloquant", lambda ligne: bool(ligne.bloquants)),
    "change": ("Que la correction déplace", lambda ligne: ligne.change),
}
TRIS = {
    "rang": ("Rang", lambda ligne: (ligne.rang is None, ligne.rang or 0)),
    "corrige": ("Rang corrigé", lambda ligne: (ligne.rang_corrige is None, ligne.rang_corrige or 0)),
    "ecart": (
        "Écart entre évaluateurs, du plus grand au plus petit",
        lambda ligne: (ligne.ecart is None, -(ligne.ecart or 0)),
    ),
    "demande": ("Montant demandé, du plus grand au plus petit", lambda ligne: -ligne.demande),
    "numero": ("Numéro", lambda ligne: 0),
}


@dataclass(frozen=True)
class Filtres:
    """Ce que l'adresse demande ; une valeur inconnue est ignorée."""

    q: str
    reunion: str
    enjeu: str
    quartier: str
    financeur: str
    avis: str
    montrer: str
    tri: str

    @classmethod
    def depuis(cls, requete):
        avis, montrer, tri = (requete.get(nom, "") for nom in ("avis", "montrer", "tri"))
        return cls(
            q=requete.get("q", "").strip()[:80],
            reunion=requete.get("reunion", "")[:12],
            enjeu=requete.get("enjeu", "")[:12],
            quartier=requete.get("quartier", "")[:12],
            financeur=requete.get("financeur", "")[:12],
            avis=avis if avis in dict(SENS) else "",
            montrer=montrer if montrer in MONTRER else "",
            tri=tri if tri in TRIS else "rang",
        )

    @property
    def actifs(self):
        valeurs = (self.q, self.reunion, self.enjeu, self.quartier, self.financeur, self.avis, self.montrer)
        return any(valeurs)

    def garde(self, ligne):
        dossier = ligne.dossier
        textes = f"{dossier.numero} {dossier.intitule} {dossier.organisme.nom}".casefold()
        return (
            self.q.casefold() in textes
            and self.reunion in ("", str(ligne.reunion.pk))
            and self.enjeu in ("", *map(str, ligne.enjeux))
            and self.quartier in ("", *(str(cible.quartier_id) for cible in dossier.cibles.all()))
            and self.financeur in ("", *map(str, ligne.demandes))
            and self.avis in ("", ligne.avis.sens if ligne.avis else SANS_AVIS)
            and (not self.montrer or MONTRER[self.montrer][1](ligne))
        )

    def appliquer(self, lignes):
        gardees = sorted(filter(self.garde, lignes), key=lambda ligne: ligne.dossier.numero)
        return sorted(gardees, key=TRIS[self.tri][1])


def choix_proposes(lignes):
    """Ce que les listes du formulaire proposent : rien qui ne soit dans ce classement."""
    reunions, enjeux, quartiers, financeurs = {}, {}, {}, {}
    for ligne in lignes:
        reunions[ligne.reunion.pk] = ligne.reunion.titre
        enjeux |= ligne.enjeux
        quartiers |= {quartier.pk: quartier.nom for quartier in ligne.dossier.quartiers}
        financeurs |= {pk: nom for pk, (nom, _) in ligne.demandes.items()}
    return {
        "reunions": [(str(pk), titre) for pk, titre in reunions.items()],
        "enjeux": _par_nom(enjeux),
        "quartiers": _par_nom(quartiers),
        "financeurs": _par_nom(financeurs),
        "sens": SENS,
        "montrer": [(cle, libelle) for cle, (libelle, _) in MONTRER.items()],
        "tris": [(cle, libelle) for cle, (libelle, _) in TRIS.items()],
    }


def _par_nom(choix):
    return sorted(((str(pk), nom) for pk, nom in choix.items()), key=lambda paire: paire[1])
