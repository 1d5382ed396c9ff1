"""Teaching tools: services a school works with, which are no social network and no private site.

Rule of this file: data and one look-up; a name here never matches a rule about groups, pages and
contacts. Registered domains and spoken names, lower case. A district adds its own by approval.
"""

from __future__ import annotations

_DOMAINS = (
    "scratch.mit.edu tabroom.com onshape.com hudl.com duolingo.com quizlet.com desmos.com "
    "khanacademy.org kahoot.it kahoot.com blooket.com gimkit.com nearpod.com peardeck.com "
    "edpuzzle.com newsela.com flip.com flipgrid.com padlet.com seesaw.me classdojo.com "
    "remind.com rmd.at parentsquare.com talkingpoints.org schoology.com instructure.com canvas.net "
    "edmodo.com moodle.org blackboard.com powerschool.com infinitecampus.org collegeboard.org "
    "noredink.com ixl.com deltamath.com code.org replit.com tinkercad.com geogebra.org "
    "musescore.com soundtrap.com bandlab.com flat.io smartmusic.com noteflight.com wevideo.com "
    "donorschoose.org naviance.com scoir.com teamsnap.com sportsengine.com sportsyou.com "
    "maxpreps.com athletic.net milesplit.com google.com zoom.us microsoft.com office.com "
    "sharepoint.com canva.com commonlit.org actively.com membean.com vocabulary.com turnitin.com"
).split()
_NAMES = (
    "scratch tabroom onshape hudl duolingo quizlet desmos kahoot blooket gimkit nearpod edpuzzle "
    "newsela flipgrid padlet seesaw classdojo remind parentsquare talkingpoints schoology canvas "
    "edmodo moodle blackboard powerschool teams classroom zoom desmos geogebra noredink musescore "
    "soundtrap bandlab naviance scoir teamsnap sportsyou maxpreps milesplit donorschoose"
).split()
_TOOLS = frozenset((*_DOMAINS, *_NAMES))


def is_teaching_tool(domain_or_name: str) -> bool:
    """Whether a registered domain or spoken name, in lower case, is that of a teaching tool."""
    return domain_or_name in _TOOLS
