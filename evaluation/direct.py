"""Le direct de la séance : le jeton d'une page, et l'empreinte de ce qu'elle montre (ADR 0008)."""

import hashlib

from django.conf import settings
from django.core import signing
from django.db import connection

SEL, DUREE_DU_JETON_S = "seance", 24 * 3600
TELEPHONE, PROJECTEUR, CONDUITE = "telephone", "projecteur", "conduite"


def jeton_de(reunion, utilisateur, ecran):
    """Ce qu'une page montre pour demander si quelque chose a changé, sans session ni compte à relire."""
    return signing.dumps([reunion.pk, utilisateur.pk, ecran], salt=SEL, compress=False)


def lire_jeton(jeton, reunion_id):
    """(personne, écran), ou None : faux, périmé, ou d'une autre réunion."""
    try:
        reunion, utilisateur, ecran = signing.loads(jeton, salt=SEL, max_age=DUREE_DU_JETON_S)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (utilisateur, ecran) if reunion == reunion_id else None


# Quarante téléphones la posent toutes les deux secondes : écrite à la main, elle coûte dix fois moins à préparer.
_QUESTION = """
SELECT s.version, s.minuteur_fin, s.minuteur_reste_s, s.levee_le, r.close_le, d.etat,
  (SELECT MAX(m.id) FROM evaluation_mouvement m WHERE m.reunion_id = s.reunion_id {moi_m}),
  (SELECT SUM(CASE c.presence WHEN 'present' THEN 100 WHEN 'excuse' THEN 1 ELSE 0 END)
     FROM evaluation_membrereunion c WHERE c.reunion_id = s.reunion_id {moi_c}),
  (SELECT COUNT(b.sorti_du_bloc_par_id) FROM evaluation_passagedossier b WHERE b.reunion_id = s.reunion_id),
  (SELECT SUM(v.version) FROM evaluation_vote v WHERE v.passage_id = s.passage_id {moi_v}),
  (SELECT COUNT(*) FROM evaluation_deport e WHERE e.dossier_id = p.dossier_id {moi_e})
FROM evaluation_seance s
JOIN evaluation_reunion r ON r.id = s.reunion_id
LEFT JOIN evaluation_passagedossier p ON p.id = s.passage_id
LEFT JOIN dossiers_dossier d ON d.id = p.dossier_id
WHERE s.reunion_id = %s
"""
# Qui s'est déporté du dossier en cours ne compte pas non plus les votes à travers les changements de l'empreinte.
_SANS_LE_DEPORTE = """AND NOT EXISTS (
  SELECT 1 FROM evaluation_deport x WHERE x.dossier_id = p.dossier_id AND x.utilisateur_id = %s)"""
_POUR_TOUS = _QUESTION.format(moi_m="", moi_c="", moi_v=_SANS_LE_DEPORTE, moi_e="")
_POUR_MOI = _QUESTION.format(**{f"moi_{t}": f"AND {t}.utilisateur_id = %s" for t in "mcve"})


def empreinte(reunion_id, utilisateur_id, ecran):
    """Change dès que cet écran a quelque chose de neuf à montrer ; une requête.

    Le téléphone ne suit que sa personne : il ne se recharge pas à chaque vote des autres. Elle est opaque : on n'y
    lit rien du dossier, pas même combien ont voté.
    """
    with connection.cursor() as curseur:
        if ecran == TELEPHONE:
            curseur.execute(_POUR_MOI, [*[utilisateur_id] * 4, reunion_id])
        else:
            curseur.execute(_POUR_TOUS, [utilisateur_id, reunion_id])
        lu = repr((ecran, curseur.fetchone()))
    return hashlib.blake2s(lu.encode(), key=settings.SECRET_KEY.encode()[:32], digest_size=8).hexdigest()
