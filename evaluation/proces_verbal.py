"""Les données du procès-verbal, figées au moment où on le demande (fiche métier, § 6.7)."""

from collections import Counter
from decimal import Decimal

from django.utils import timezone

from dossiers.budget import totaux_du_dossier
from dossiers.etats import Etat
from evaluation.lecture import evaluations_envoyees, passages_reveles, synthese_des_notes
from evaluation.models import Avis, Deport, MembreReunion


def _avis(dossier):
    """L'avis rendu ; un dossier ramené en évaluation l'attend de nouveau."""
    return None if dossier.etat == Etat.EN_EVALUATION else getattr(dossier, "avis", None)


def _personne(membre):
    return {"nom": str(membre.utilisateur), "structure": membre.structure}


def _libelle_de_l_avis(dossier, avis):
    if dossier.etat == Etat.RETIRE:
        return "Retiré par le porteur"
    return avis.get_sens_display() if avis else ""


def _obtenu_avant(dossier):
    """Ce que la même action a obtenu l'an passé ; ne se dit qu'une fois notifié."""
    ancien = dossier.renouvelle
    if ancien is None or not ancien.notifie_le:
        return None
    # Les décisions appartiennent à la programmation, plus haut dans l'escalier : on les lit par leur lien.
    return str(sum((decision.montant for decision in ancien.decisions.all()), Decimal(0)))


def _enveloppe(appel):
    montants = [enveloppe.montant for enveloppe in appel.enveloppes.all()]
    return str(sum(montants)) if montants else None


def _dossier(dossier, evaluations):
    """`evaluations` : celles qui se lisent ; un procès-verbal ne découvre pas des notes encore secrètes."""
    avis = _avis(dossier)
    proposes = {m.financeur_id: m.montant for m in avis.montants.all()} if avis else {}
    cibles = list(dossier.cibles.all())
    note = synthese_des_notes(evaluations).moyenne
    return {
        "numero": dossier.numero,
        "porteur": dossier.organisme.nom,
        "action": dossier.intitule,
        "quartiers": ", ".join(dict.fromkeys(cible.quartier.nom for cible in cibles)),
        "objectif": cibles[0].objectif.texte if cibles else "",
        "cout_total": str(totaux_du_dossier(dossier).charges),
        "montants": [
            {
                "financeur": f.financeur.nom,
                "demande": str(f.montant_demande),
                "propose": str(proposes[f.financeur_id]) if f.financeur_id in proposes else None,
            }
            for f in dossier.financements.all()
        ],
        "note": str(note) if note is not None else None,
        "avis": _libelle_de_l_avis(dossier, avis),
        "observations": avis.observations if avis else "",
        "reserves": avis.reserves if avis else "",
        "obtenu_avant": _obtenu_avant(dossier),
        "reprises": [str(e.evaluateur) for e in evaluations if e.modifiee_apres_lecture],
    }


def donnees_de(reunion, version):
    """Un dictionnaire sérialisable, aux noms des champs de `documents.proces_verbal.ProcesVerbal`."""
    collectivite = reunion.collectivite
    membres = list(reunion.membres.select_related("utilisateur"))
    passages = list(
        reunion.passages.select_related("reunion", "dossier__organisme", "dossier__avis", "dossier__renouvelle")
        .prefetch_related(
            "dossier__cibles__quartier",
            "dossier__cibles__objectif",
            "dossier__financements__financeur",
            "dossier__lignes_budget",
            "dossier__avis__montants",
            "dossier__renouvelle__decisions",
        )
        .order_by("rang", "pk")
    )
    dossiers = [passage.dossier for passage in passages]
    reveles = [passage.dossier for passage in passages_reveles(reunion, passages)]
    evaluations = evaluations_envoyees(reveles)
    decompte = Counter(_avis(d).sens for d in dossiers if _avis(d))
    # Un déport venu après l'avis n'a fait sortir personne : le procès-verbal ne l'invente pas.
    deports = Deport.objects.filter(dossier__in=dossiers).avant_l_avis().select_related("utilisateur", "dossier")
    presents = [m for m in membres if m.presence == MembreReunion.Presence.PRESENT]
    return {
        "collectivite": collectivite.nom,
        "service": collectivite.service_nom,
        "couleur": collectivite.couleur,
        "titre": reunion.titre,
        "appel": reunion.appel.intitule,
        "tenu_le": timezone.localtime(reunion.debut).isoformat(),
        "edite_le": timezone.localtime().isoformat(),
        "version": version,
        "organe": collectivite.organe_deliberant,
        "lieu": reunion.lieu,
        "president": reunion.president,
        "secretaire": reunion.secretaire,
        "presents": [_personne(m) for m in presents],
        "excuses": [_personne(m) for m in membres if m.presence == MembreReunion.Presence.EXCUSE],
        "conseils_citoyens": sorted({m.structure for m in presents if not m.evalue and m.structure}),
        "deports": [{"nom": str(d.utilisateur), "dossier_numero": d.dossier.numero, "motif": d.motif} for d in deports],
        "dossiers": [_dossier(dossier, evaluations[dossier.pk]) for dossier in dossiers],
        "recapitulatif": [[libelle, decompte.get(sens, 0)] for sens, libelle in Avis.Sens.choices],
        "total_demande": str(sum(f.montant_demande for d in dossiers for f in d.financements.all())),
        "total_propose": str(sum(m.montant for d in dossiers if _avis(d) for m in _avis(d).montants.all())),
        "divers": reunion.divers,
        "fini_le": timezone.localtime(reunion.fin).isoformat() if reunion.fin else None,
        "enveloppe": _enveloppe(reunion.appel),
    }
