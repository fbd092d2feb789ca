# Gatehouse, Deutsch. Eine Nachricht je Zeile; kein HTML. Die Variablen sind in jeder Sprache dieselben.

## Jede Seite
skip-to-content = Zum Inhalt springen
language-switch = Sprache
page-title = { $page } · { $tenant }
page-title-wrong = Fehler: { $page } · { $tenant }
reference = Referenz { $reference }
use-another-address = Andere Adresse verwenden
use-another-account = Anderes Konto verwenden

## Anmelden
signin-title = Anmelden
signin-lead = weiter zu { $app }
signin-address-label = E-Mail-Adresse
signin-address-hint = Die Adresse, an die Ihre Einladung ging, oder Ihre geschäftliche Adresse.
signin-continue = Weiter
signin-or = oder
signin-with = Weiter mit { $provider }
signin-options = Anmeldeoptionen
signin-options-text = Für { $tenant } brauchen Sie kein neues Kennwort. Geben Sie Ihre E-Mail-Adresse ein: Wir bringen Sie zur Anmeldeseite Ihrer eigenen Organisation oder schicken Ihnen einen Code per E-Mail, wenn es dort keine gibt.
signin-organization = Bei einer anderen Organisation anmelden

## Kontoauswahl
picker-title = Konto auswählen
picker-lead = Zu dieser Adresse gibt es mehrere Konten. Wählen Sie das, das Sie bei { $tenant } verwenden.

## Microsoft-Konto erstellen
create-title = Microsoft-Konto erstellen
create-lead = Um sich mit dieser Adresse bei { $tenant } anzumelden, brauchen Sie ein Microsoft-Konto. Es ist kostenlos, und Ihre Adresse bleibt dieselbe.
create-what-next = Microsoft bittet Sie, die Adresse zu bestätigen und eine Anmeldeart zu wählen. Danach kommen Sie direkt hierher zurück.
create-continue = Weiter zu Microsoft

## Code
passcode-title = Code eingeben
passcode-lead = Wenn diese Adresse einen Code empfangen kann, ist er unterwegs:
passcode-label = { $digits ->
    [one] { $digits }-stelliger Code
   *[other] { $digits }-stelliger Code
}
passcode-new-account = Wir kennen keine Anmeldung Ihrer Organisation. Mit diesem Code entsteht ein Konto für diese Adresse; ein Kennwort brauchen Sie nicht.
passcode-lifetime = { $minutes ->
    [one] Der Code gilt eine Minute lang.
   *[other] Der Code gilt { $minutes } Minuten lang.
}
passcode-continue = Anmelden
passcode-wrong = { $tries ->
    [one] Dieser Code stimmt nicht. Sie haben noch einen Versuch.
   *[other] Dieser Code stimmt nicht. Sie haben noch { $tries } Versuche.
}
passcode-dead = Dieser Code gilt nicht mehr. Fordern Sie unten einen neuen an und geben Sie diesen ein.
passcode-resent = Wenn diese Adresse einen Code empfangen kann, ist ein neuer unterwegs. Nur der neueste gilt.
passcode-too-soon = Der letzte Code wurde gerade erst gesendet. Warten Sie einen Augenblick, bis er ankommt, und fordern Sie dann einen neuen an.
passcode-help = Noch kein Code da?
passcode-help-sender = Sehen Sie auch im Spam-Ordner nach. Die Nachricht kommt von { $sender }.
passcode-help-junk = Sehen Sie auch im Spam-Ordner nach.
passcode-resend = Neuen Code senden
passcode-resend-gap = { $seconds ->
    [one] Zwischen zwei Codes liegt mindestens eine Sekunde.
   *[other] Zwischen zwei Codes liegen mindestens { $seconds } Sekunden.
}

## Berechtigungen prüfen: worin eingewilligt wird, Wort für Wort
consent-title = Berechtigungen prüfen
consent-asks = { $organization } ({ $domain }) bittet um Ihre Erlaubnis, Sie als Gast zu führen.
consent-app = Sie melden sich bei { $app } an.
consent-shares = Wenn Sie zustimmen, erhält { $organization } aus Ihrem Konto:
consent-shares-name = Ihren Namen
consent-shares-email = Ihre E-Mail-Adresse
consent-shares-photo = Ihr Foto
consent-shares-identifiers = Ihre Verzeichniskennungen, mit denen { $organization } Ihr Gastkonto wiedererkennt und verwaltet
consent-statement = Datenschutzerklärung von { $organization }:
consent-no-links = { $organization } hat keine Links zu eigenen Bedingungen hinterlegt, die Sie prüfen könnten.
consent-contact = Fragen zu Ihren persönlichen Daten:
consent-trust = Stimmen Sie nur zu, wenn Sie { $organization } vertrauen. Ihr Kennwort wird niemals weitergegeben.

## Berechtigungen prüfen: darum herum
consent-accept = Zustimmen
consent-decline = Ablehnen
consent-signed-in = Angemeldet als
consent-via = über { $provider }
consent-decline-hint = Wenn Sie ablehnen, wird nichts weitergegeben. Sie können jederzeit wiederkommen.

## Auf dem Rückweg zur App
formpost-title = Es geht weiter zu { $app }
formpost-text = Falls sich in einigen Sekunden nichts tut, wählen Sie „Weiter“.
formpost-continue = Weiter

## Auf dem Weg zum Identitätsanbieter
leave-title = Weiter zu { $provider }
leave-text = Falls sich in einigen Sekunden nichts tut, wählen Sie „Weiter“.
leave-continue = Weiter

## Fertig
done-title = Alles erledigt
done-text = Die Anmeldung ist abgeschlossen. Sie können dieses Fenster schließen.
done-back = Zu { $app }

## Abmelden
signout-title = Von { $tenant } abmelden?
signout-text = Sie werden in diesem Browser abgemeldet. Geöffnete Apps können ihre eigene Sitzung noch eine Weile behalten.
signout-button = Abmelden
signedout-title = Sie sind abgemeldet
signedout-text = Sie können dieses Fenster schließen.
signedout-partner-text = Ihre Sitzung bei { $provider } ist vielleicht noch offen. Melden Sie sich an einem gemeinsam genutzten Computer auch dort ab oder schließen Sie alle Browserfenster.

## Fehler: um den Text herum
error-code = Code
error-reference = Referenznummer
error-keep = Wenn Sie jemanden um Hilfe bitten, nennen Sie diese beiden Angaben.
error-wrong-account = Diese Anmeldung ist für { $expected } gedacht. Angemeldet haben Sie sich als { $proven }.
error-start-again = Neu beginnen
error-back = Zurück zu { $app }

## E-Mail
mail-passcode-subject = Ihr Code für { $tenant }
mail-passcode-greeting = Guten Tag,
mail-passcode-intro = hier ist Ihr Code für die Anmeldung bei { $tenant }:
mail-passcode-preheader = { $code } ist Ihr Code. Er gilt einmal.
mail-passcode-expires = { $minutes ->
    [one] Er gilt einmal und eine Minute lang.
   *[other] Er gilt einmal und { $minutes } Minuten lang.
}
mail-passcode-where = Geben Sie ihn auf der Seite ein, auf der Sie ihn angefordert haben. Niemand von { $tenant } wird Sie je bitten, diesen Code mitzuteilen.
mail-passcode-ignore = Wenn Sie keinen Code angefordert haben, können Sie diese Nachricht ignorieren. Ohne den Code kann sich niemand mit Ihrer Adresse anmelden.
mail-passcode-footer = Gesendet an { $address }, weil jemand diese Adresse auf der Anmeldeseite von { $tenant } eingegeben hat.

## Einladung: die Seite und was schiefgehen kann
redeem-title = { $tenant } lädt Sie ein
redeem-lead = { $tenant } ({ $domain }) lädt Sie als Gast ein.
redeem-lead-by = { $inviter } lädt Sie als Gast von { $tenant } ({ $domain }) ein.
redeem-app = Es geht um die App { $app }.
redeem-apps = Es geht um die Apps, die dort für Sie freigegeben sind.
redeem-message = Eine Nachricht für Sie
redeem-for = Diese Einladung gilt für
redeem-accept = Einladung annehmen
redeem-nothing-yet = Bevor Sie sich anmelden, geschieht nichts. Wir bringen Sie zu Ihrer eigenen Anmeldung, und geteilt wird erst etwas, wenn Sie zustimmen.
redeem-unexpected = Sie haben das nicht erwartet? Dann tun Sie einfach nichts.
redeem-block = Keine Einladungen mehr von { $tenant }
block-title = Keine Einladungen mehr von { $tenant }?
block-text = { $tenant } schickt an diese Adresse keine weiteren Einladungen. Was Sie früher angenommen haben, bleibt bestehen.
block-button = Weitere Einladungen blockieren
block-done-title = Sie bekommen keine Einladungen mehr
block-done-text = { $tenant } schickt an diese Adresse keine weiteren Einladungen. Wenn Sie doch wieder eingeladen werden möchten, sagen Sie es Ihrer Ansprechperson dort.
mismatch-title = Sind das auch Sie?
mismatch-lead = { $tenant } hat eine andere Adresse eingeladen als die, mit der Sie sich angemeldet haben.
mismatch-accounts = Das sind die beiden Adressen:
mismatch-invited = Eingeladen
mismatch-proven = Angemeldet
mismatch-both = Beide gehören mir
mismatch-both-hint = Dann sind Sie mit dem Konto zu Gast, mit dem Sie sich gerade angemeldet haben, und nutzen künftig dieses.
sign-in-as = Mit { $address } anmelden
error-my-apps = Zu „Meine Apps“

## Einladungsmail
mail-invitation-subject = { $inviter } hat Sie eingeladen, Anwendungen der eigenen Organisation zu nutzen.
mail-invitation-subject-unnamed = { $tenant } hat Sie eingeladen, Anwendungen der Organisation zu nutzen.
mail-invitation-heading = { $inviter } hat Sie zu { $tenant } eingeladen
mail-invitation-heading-unnamed = Sie sind zu { $tenant } eingeladen
mail-invitation-message = Nachricht von { $inviter }:
mail-invitation-message-unnamed = Nachricht von { $tenant }:
mail-invitation-button = Einladung annehmen
mail-invitation-leads = Sie melden sich mit { $address } an und kommen dann zu { $destination }.
mail-invitation-stays = Bewahren Sie diese Nachricht auf: Wenn Sie angenommen haben, führt der Link Sie jederzeit wieder zu { $destination }.
mail-invitation-expires = Bitte nehmen Sie bis zum { $day } an. Danach gilt die Einladung nicht mehr.
mail-invitation-ignore = Wenn Sie nicht annehmen möchten, brauchen Sie nichts zu tun. Solange Sie nicht annehmen, kann sich niemand in Ihrem Namen anmelden.
mail-link-plain = Wenn die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:
mail-warning-title = Erwarten Sie diese Nachricht?
mail-warning = Nehmen Sie diese Einladung nur an, wenn Sie { $tenant } kennen und eine Einladung erwartet haben. Niemand wird Sie per E-Mail nach einem Kennwort fragen.
mail-warning-notice = Öffnen Sie den Link nur, wenn Sie { $tenant } kennen. Niemand wird Sie per E-Mail nach einem Kennwort fragen.
mail-notice-subject = Sie haben jetzt Zugriff auf Anwendungen von { $tenant }
mail-notice-heading = { $inviter } hat Ihnen Zugriff auf { $tenant } gegeben
mail-notice-heading-unnamed = Sie haben jetzt Zugriff auf { $tenant }
mail-notice-why = Sie brauchen nichts anzunehmen: Ihre Organisation und { $tenant } haben das so vereinbart.
mail-notice-button = { $destination } öffnen
mail-notice-leads = Sie melden sich wie in Ihrer eigenen Organisation mit { $address } an und kommen dann zu { $destination }.
mail-notice-stays = Bewahren Sie diese Nachricht auf: Der Link führt Sie jederzeit wieder zu { $destination }.
mail-terms-subject = { $tenant } ändert seine Bedingungen: { $terms }
mail-terms-heading = { $tenant } ändert die Bedingungen „{ $terms }“
mail-terms-effective = Die neuen Bedingungen gelten ab dem { $day }.
mail-terms-asked = Bei Ihrer nächsten Anmeldung danach werden Sie gebeten, sie zu lesen und anzunehmen.
mail-terms-nothing = Sie brauchen jetzt nichts zu tun.
mail-terms-button = In „Mein Konto“ lesen
mail-footer-why = Gesendet an { $address } im Auftrag von { $tenant }.
mail-footer-statement = Datenschutzerklärung von { $tenant }
mail-footer-no-statement = { $tenant } hat keine Datenschutzerklärung angegeben.
mail-footer-contact = Fragen:
mail-footer-block = Weitere Einladungen blockieren
mail-day = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }

## Nutzungsbedingungen
terms-title = Nutzungsbedingungen
terms-step = { $number } von { $count }
terms-asks = { $tenant } bittet Sie, diesen Bedingungen zuzustimmen, bevor es weitergeht.
terms-version = Version { $version }.
terms-language = Dieses Dokument gibt es nur in dieser Sprache: { $language }.
terms-open = Dokument öffnen
terms-open-pdf = Dokument öffnen (PDF, { $size } KB)
terms-must-open = Bitte öffnen und lesen Sie das Dokument, bevor Sie zustimmen.
terms-reminder = Sie haben das Dokument noch nicht geöffnet. Öffnen Sie es zuerst und stimmen Sie dann zu.
terms-decline-hint = Wenn Sie ablehnen, geht es jetzt nicht weiter. Sie können sich jederzeit wieder anmelden und zustimmen.
terms-back = Zurück

## Meine Apps und Mein Konto
apps-title = Meine Apps
apps-lead = Diese Apps hat { $tenant } für Sie freigegeben.
apps-none = { $tenant } hat noch keine App für Sie freigegeben. Ihre Ansprechperson dort kann Ihnen mehr sagen.
apps-search-label = App finden
apps-search = Suchen
apps-nothing = Nichts gefunden zu „{ $query }“.
apps-all = Alle Apps zeigen
apps-terms-wait = { $tenant } bittet Sie, „{ $terms }“ erneut anzunehmen. Bis { $date } geht es auch ohne weiter. Danach werden Sie beim Anmelden gefragt.
portal-via-mail = mit einem Code per E-Mail
account-title = Mein Konto
account-you = Sie
account-name = Name
account-addresses = { $count ->
    [one] E-Mail-Adresse
   *[other] E-Mail-Adressen
}
account-sign-in = So melden Sie sich an
account-since = Gast seit
account-organizations = Organisationen, denen Sie angehören
account-here = Hier sind Sie
account-pending = Eingeladen
account-agreements = Ihre Zustimmungen und Ablehnungen
account-accepted = Zugestimmt
account-declined = Abgelehnt
account-counts-until = gilt bis { $date }
account-counted-until = galt bis { $date }
account-agreements-none = Bisher wurden Sie nach nichts gefragt.
account-version = Fassung { $version }
account-for-app = für { $app }
account-read = Lesen
account-read-this = { $document } lesen
account-download = Herunterladen
account-download-this = { $document } herunterladen
account-sessions = Wo Sie angemeldet sind
account-session-this = Dieser Browser
account-session-other = Ein anderer Browser
account-session-since = seit { $date }
account-session-end = Dort abmelden
account-session-end-this = Den Browser abmelden, der seit { $date } angemeldet ist
account-everywhere = Überall abmelden
account-everywhere-hint = Beendet jede Sitzung bei { $tenant }, auch diese hier. Geöffnete Apps behalten ihre eigene Sitzung vielleicht noch eine Weile.
account-leaving = Organisation verlassen
account-leaving-hint = Sie können Ihre Zeit als Gast von { $tenant } selbst beenden. Bevor etwas geschieht, werden Sie noch einmal gefragt.
leaving-title = { $tenant } verlassen?
leaving-access = Sie verlieren sofort und in jedem Browser den Zugang zu { $tenant } und den Apps dort.
leaving-restore = 30 Tage lang kann { $tenant } Sie zurückholen, und alles ist wie zuvor. Danach wird Ihr Gastkonto endgültig entfernt.
leaving-others = Ihr eigenes Konto, mit dem Sie sich anmelden, bleibt, wie es ist. Andere Organisationen, denen Sie angehören, ebenso.
leaving-confirm = Das habe ich verstanden, und ich möchte { $tenant } verlassen.
leaving-unconfirmed = Setzen Sie das Häkchen, wenn Sie das wirklich möchten.
leaving-button = { $tenant } verlassen
leaving-stay = Bleiben
goodbye-title = Sie haben { $tenant } verlassen
goodbye-text = Sie sind überall abgemeldet, und die Apps dort stehen Ihnen nicht mehr offen.
goodbye-back = Wenn Sie zurückkommen möchten, wenden Sie sich an Ihre Ansprechperson bei { $tenant }. 30 Tage lang lässt sich Ihr Gastkonto wiederherstellen, wie es war; danach kann man Sie neu einladen.
error-write = { $contact } schreiben
date-day = { $day }. { $month } { $year }
date-minute = { $date }, { $time } Uhr UTC
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember

## Organisationen
organization-title = Bei einer Organisation anmelden
organization-lead = Nennen Sie die Organisation, die Sie besuchen, und wir bringen Sie zu ihrer Anmeldeseite.
organization-label = Domain der Organisation
organization-hint = Zum Beispiel example.com. Die Domain steht in Ihrer Einladung; manche Organisationen findet man auch unter ihrem Namen.
organization-remembered = Mit diesem Browser schon besucht
organization-forget = Liste vergessen
confirm-organization-title = Ist es diese?
confirm-organization-lead = Sie melden sich gleich an bei:
confirm-organization-continue = Weiter zu { $organization }
confirm-organization-cancel = Eine andere Organisation wählen

## Im Fenster einer App
elsewhere-title = Weiter in Ihrem Browser
elsewhere-lead = { $provider } zeigt seine Anmeldeseite nicht im Fenster einer App. Melden Sie sich mit einem Browser an, dem Sie vertrauen, auf diesem oder einem anderen Gerät, und kommen Sie dann hierher zurück.
elsewhere-there = Öffnen Sie diese Adresse in einem Browser
elsewhere-code = und geben Sie diesen Code ein:
elsewhere-open = Gleich hier öffnen
elsewhere-continue = Ich habe mich angemeldet: weiter
elsewhere-new-code = Neuen Code anzeigen
elsewhere-over = Dieser Code ist abgelaufen.
elsewhere-looking = Diese Seite sieht alle paar Sekunden nach, ob Sie fertig sind.
elsewhere-pause = Nicht mehr nachsehen
elsewhere-passcode = Stattdessen einen Code per E-Mail erhalten
elsewhere-done-title = Sie sind angemeldet
elsewhere-done-text = { $provider } hat bestätigt, wer Sie sind. Hier geht es weiter.
device-title = Code eingeben
device-lead = Eine App zeigt Ihnen einen Code aus neun Buchstaben. Geben Sie ihn hier ein, um sich mit diesem Browser anzumelden.
device-label = Code aus der App
device-continue = Weiter
device-confirm-title = Haben Sie das begonnen?
device-confirm-what = { $app } bei { $tenant } fragt, wer Sie sind.
device-confirm-since = { $minutes ->
    [0] Der Code wird seit weniger als einer Minute angezeigt.
    [one] Der Code wird seit einer Minute angezeigt.
   *[other] Der Code wird seit { $minutes } Minuten angezeigt.
}
device-confirm-warning = Fahren Sie nur fort, wenn Sie dies gerade eben selbst begonnen haben und den Code in der App vor sich sehen. Wenn Ihnen jemand den Code geschickt hat, möchte sich diese Person als Sie anmelden.
device-confirm-continue = Weiter zu { $provider }
device-confirm-else = Schließen Sie andernfalls diese Seite. Bisher ist nichts geschehen.
device-done-title = Sie sind angemeldet
device-done-text = Sie können diesen Tab schließen und zu { $app } zurückkehren.

## Die Anfrage der App
error-gh1001-title = Diese Organisation kennen wir nicht
error-gh1001-text = Unter dieser Adresse ist keine Organisation eingetragen. Prüfen Sie den Link auf Tippfehler oder bitten Sie die Person, von der er stammt, um einen neuen.
error-gh1002-title = Hier gibt es keine Seite
error-gh1002-text = Die Adresse führt nirgendwohin, oder die Seite ist umgezogen. Gehen Sie zurück zur App, aus der Sie kommen, und beginnen Sie dort.
error-gh1003-title = Diese App ist hier nicht eingetragen
error-gh1003-text = Die Organisation kennt die App nicht, die Sie hierher geschickt hat. Wir haben angehalten, bevor etwas weitergegeben wurde. Sagen Sie den Betreibern der App Bescheid; sie können sie eintragen lassen.
error-gh1004-title = Wir können Sie nicht zu dieser App zurückschicken
error-gh1004-text = Die App möchte Sie an einer Adresse empfangen, die nicht eingetragen ist. Zu Ihrem Schutz haben wir hier angehalten. Sagen Sie den Betreibern der App Bescheid; sie können die Adresse eintragen lassen.
error-gh1005-title = Die Anfrage der App ist nicht eindeutig
error-gh1005-text = Die App hat dieselbe Angabe zweimal geschickt, und wir wissen nicht, welche gilt. Gehen Sie zurück zur App und versuchen Sie es noch einmal; wenn es wieder geschieht, sagen Sie ihren Betreibern Bescheid.
error-gh1006-title = Die App verlangt etwas, das es hier nicht gibt
error-gh1006-text = Die App wünscht eine Art der Antwort, die es hier nicht gibt: Möglich ist nur der Autorisierungscode. Die Betreiber der App können das ändern.
error-gh1007-title = Die App verlangt etwas, das es hier nicht gibt
error-gh1007-text = Die App wünscht die Antwort auf einem Weg, den es hier nicht gibt: Möglich sind nur „query“ und „form_post“. Die Betreiber der App können das ändern.
error-gh1008-title = Die Anfrage der App ist unvollständig
error-gh1008-text = Die App hat den Scope „openid“ nicht angefordert, ohne den keine Anmeldung möglich ist. Die Betreiber der App können ihn ergänzen.
error-gh1009-title = Die Anfrage der App ist unvollständig
error-gh1009-text = Der App fehlt ein Schutz, den hier jede Anmeldung haben muss: PKCE mit S256. Die Betreiber der App können ihn einschalten.
error-gh1010-title = Die Anfrage der App ist nicht eindeutig
error-gh1010-text = Die Angaben der App, was Ihnen gezeigt werden soll („prompt“), widersprechen sich oder sind unbekannt. Die Betreiber der App können das berichtigen.
error-gh1011-title = Die Anfrage der App ist nicht eindeutig
error-gh1011-text = Die App gibt an, wie alt Ihre Anmeldung sein darf („max_age“), aber nicht als Zahl von Sekunden. Die Betreiber der App können das berichtigen.
error-gh1012-title = Die Anfrage der App ist zu lang
error-gh1012-text = Ein Teil der Anfrage ist länger, als wir aufbewahren können. Gehen Sie zurück zur App und versuchen Sie es noch einmal; wenn es wieder geschieht, sagen Sie ihren Betreibern Bescheid.
error-gh1013-title = Die App verlangt etwas, das es hier nicht gibt
error-gh1013-text = Die App hat ihre Anfrage als signiertes Objekt („request“) geschickt, das hier nicht verwendet werden kann. Die Betreiber der App können stattdessen einfache Parameter senden.
error-gh1014-title = Die App verlangt etwas, das es hier nicht gibt
error-gh1014-text = Die App hat ihre Anfrage als Verweis („request_uri“) geschickt, der hier nicht verwendet werden kann. Die Betreiber der App können stattdessen einfache Parameter senden.
error-gh1015-title = Sie sind nicht angemeldet
error-gh1015-text = Die App hat gefragt, ob Sie angemeldet sind; im Augenblick sind Sie es nicht. Gehen Sie zurück zur App und melden Sie sich dort an.
error-gh1016-title = Ihre Zustimmung fehlt noch
error-gh1016-text = Bevor es in der App weitergeht, müssen Sie prüfen, was die Organisation von Ihnen erfährt. Gehen Sie zurück zur App und melden Sie sich dort an.
error-gh1017-title = Diese Anfrage konnten wir nicht lesen
error-gh1017-text = Was hier ankam, war beschädigt, unvollständig oder zu groß. Gehen Sie zurück zur App, aus der Sie kommen, und beginnen Sie von vorn.
error-gh1018-title = So lässt sich diese Seite nicht verwenden
error-gh1018-text = Die Adresse gibt es, aber nicht für diese Art von Anfrage. Gehen Sie zurück zur App, aus der Sie kommen, und beginnen Sie von vorn.
error-gh1019-title = Das war mehr, als wir annehmen können
error-gh1019-text = Was an diese Seite geschickt wurde, ist größer als erlaubt. Gehen Sie zurück und versuchen Sie es mit weniger.
error-gh1020-title = Die App verlangt etwas, das es hier nicht gibt
error-gh1020-text = Die App hat ihre Registrierung mit der Anfrage geschickt („registration“), was hier nicht möglich ist. Die Betreiber der App können sie stattdessen bei der Organisation registrieren.

## Ihr Weg
error-gh2001-title = Diese Anmeldung ist beendet
error-gh2001-text = Sie ist schon abgeschlossen, hat zu lange gedauert oder wurde in einem anderen Browser oder in einem ohne Cookies begonnen. Nichts ist verloren: Beginnen Sie in der App von vorn.
error-gh2002-title = Bitte prüfen Sie die E-Mail-Adresse
error-gh2002-text = Das sieht nicht nach einer vollständigen E-Mail-Adresse aus. Sie sollte so aussehen: name@beispiel.de.
error-gh2003-title = Es wurde nichts weitergegeben
error-gh2003-text = Sie haben sich entschieden, Ihre Angaben nicht weiterzugeben; deshalb kann die App Sie nicht einlassen. Wenn Sie es sich anders überlegen, melden Sie sich einfach noch einmal an.
error-gh2004-title = Mit dieser Adresse führt kein Weg hinein
error-gh2004-text = Diese Organisation hat für Ihre Adresse keine Anmeldung vorgesehen. Versuchen Sie es mit einer anderen Adresse oder fragen Sie die Person, die Sie eingeladen hat.
error-gh2005-title = Bitte verwenden Sie Ihren Einladungslink
error-gh2005-text = Beim ersten Mal führt der Weg für diese Adresse über den Link in der Einladung. Öffnen Sie diesen Link; danach können Sie direkt hierher kommen.
error-gh2006-title = Ihre Organisation kennt dieses Konto noch nicht
error-gh2006-text = Ihre Organisation betreibt eine eigene Anmeldung, und zu dieser Adresse gibt es dort kein Konto. Bitten Sie Ihre IT-Abteilung um ein Konto oder versuchen Sie es mit einer anderen Adresse.
error-gh2007-title = Ihre Organisation verwaltet ihre Konten selbst
error-gh2007-text = Ihre Organisation erlaubt keine Konten, die nur per E-Mail bestätigt sind. Bitten Sie Ihre IT-Abteilung um ein Konto oder versuchen Sie es mit einer anderen Adresse.
error-gh2008-title = Sie stehen noch nicht auf der Gästeliste
error-gh2008-text = Ihre Anmeldung hat geklappt, aber diese Organisation hat dieses Konto nicht eingeladen. Bitten Sie Ihre Ansprechperson dort um eine Einladung oder melden Sie sich mit dem eingeladenen Konto an.
error-gh2009-title = Ihr Gastzugang ruht
error-gh2009-text = Diese Organisation hat Ihr Gastkonto vorerst gesperrt. Ihre Ansprechperson dort kann Ihnen mehr sagen und die Sperre aufheben.
error-gh2010-title = Das war ein anderes Konto
error-gh2010-text = Sie haben sich mit einem anderen Konto angemeldet als dem, für das diese Anmeldung gedacht ist. Beginnen Sie von vorn und wählen Sie das richtige; ein privates Fenster hilft, wenn Ihr Browser von selbst eines auswählt.
error-gh2011-title = Dieses Konto ist nicht das, das wir kennen
error-gh2011-text = Die Adresse ist uns vertraut, aber das Konto dahinter hat gewechselt. Zu Ihrem Schutz haben wir hier angehalten. Bitten Sie Ihre Ansprechperson bei der Organisation, zu bestätigen, dass Sie es sind.
error-gh2012-title = Vorerst zu viele Codes
error-gh2012-text = In kurzer Zeit wurden viele Codes angefordert. Warten Sie etwa 15 Minuten, suchen Sie den letzten auch im Spam-Ordner und versuchen Sie es dann noch einmal.
error-gh2013-title = Vorerst zu viele falsche Codes
error-gh2013-text = Zum Schutz Ihrer Adresse nehmen wir vorerst keine Codes mehr für sie an. Warten Sie etwa 15 Minuten und beginnen Sie dann mit einem neuen Code.
error-gh2014-title = Diese Seite war nicht mehr aktuell
error-gh2014-text = Die Seite wurde zweimal abgeschickt oder war zu lange offen; geändert wurde nichts. Beginnen Sie in der App von vorn.
error-gh2015-title = Der Weg zu Ihrer Organisation ist versperrt
error-gh2015-text = Die Organisation, die Sie besuchen, hat Ihre Domain auf eine Weise eingerichtet, die hier nicht verwendet werden kann. Nennen Sie ihr Code und Referenznummer; sie kann das berichtigen.
error-gh2016-title = Es wurden zu viele Adressen versucht
error-gh2016-text = Aus Ihrem Netz wurden innerhalb einer Minute viele verschiedene Adressen eingegeben. Warten Sie eine Minute und versuchen Sie es dann erneut.
error-gh2017-title = Sie stehen nicht mehr auf der Gästeliste
error-gh2017-text = Diese Organisation hat Ihr Gastkonto entfernt. Wenn Sie weiterhin Zugang brauchen, bitten Sie Ihre Ansprechperson dort, es wiederherzustellen oder Sie erneut einzuladen.
error-gh2018-title = Diese App ist für Sie noch nicht freigegeben
error-gh2018-text = Sie sind angemeldet, aber die Organisation hat diese App nicht für Sie freigegeben. Ihre anderen Apps finden Sie unter „Meine Apps“; wenn Sie diese brauchen, wenden Sie sich an Ihre Ansprechperson.
error-gh2019-title = Diese Einladung gilt nicht mehr
error-gh2019-text = Sie wurde zurückgezogen oder durch eine neuere ersetzt. Suchen Sie eine neuere E-Mail der Organisation, oder bitten Sie die einladende Person um einen neuen Link.
error-gh2020-title = Diese Einladung ist abgelaufen
error-gh2020-text = Es ist nichts verloren: Bitten Sie die einladende Person, sie noch einmal zu senden. Der neue Link kommt per E-Mail.
error-gh2021-title = Bitte nutzen Sie den Link in Ihrer Einladung
error-gh2021-text = Ihre Adresse ist hier an zwei Stellen bekannt, deshalb findet dieser Link Ihre Einladung nicht. Öffnen Sie die Einladungsmail und nutzen Sie den Link darin; danach funktioniert jeder Link.
error-gh2022-title = Diese Organisation nimmt keine Gäste mit Ihrer Domain auf
error-gh2022-text = Ihre Regeln haben sich geändert oder schließen Ihre Organisation nicht ein. Ihre Ansprechperson dort weiß, ob eine andere Ihrer Adressen möglich ist.
error-gh2023-title = Diese Organisation nimmt keine Gäste aus Ihrer Organisation auf
error-gh2023-text = Sie lässt zurzeit niemanden aus Ihrer Organisation als Gast zu. Ihre Ansprechperson dort kann Ihnen mehr sagen.
error-gh2024-title = Dieses Konto gehört schon zu einem anderen Gast
error-gh2024-text = Sie haben sich mit einem Konto angemeldet, das diese Organisation unter einer anderen Einladung kennt. Melden Sie sich mit dem eingeladenen Konto an, oder bitten Sie Ihre Ansprechperson, beide zusammenzuführen.
error-gh2025-title = Bitte lassen Sie sich von der Organisation entfernen
error-gh2025-text = Hier entfernt die Organisation Gäste selbst. Schreiben Sie an ihre Datenschutzadresse oder an die Person, die Sie eingeladen hat.
error-gh2026-title = Dieser Code gilt nicht mehr
error-gh2026-text = Codes gelten wenige Minuten und nur einmal. Gehen Sie zurück zur App, beginnen Sie neu und geben Sie den neuen Code hier ein.
error-gh2027-title = Diese Organisation kennen wir nicht
error-gh2027-text = Keine Organisation hier hat diesen Namen oder diese Domain. Prüfen Sie die Schreibweise, oder nutzen Sie den Link in Ihrer Einladung.

## Ihr Identitätsanbieter
error-gh3001-title = Die Anmeldung Ihrer Organisation ist nicht erreichbar
error-gh3001-text = Der Anmeldedienst Ihrer Organisation antwortet nicht richtig. Warten Sie einige Minuten und beginnen Sie von vorn; wenn es dabei bleibt, nennen Sie Ihrer IT-Abteilung Code und Referenznummer.
error-gh3002-title = Die Anmeldung wurde abgebrochen
error-gh3002-text = Sie oder der Anmeldedienst Ihrer Organisation haben die Anmeldung vorzeitig beendet. Beginnen Sie von vorn, wann immer Sie möchten.
error-gh3003-title = Diese Antwort gehört zu einer anderen Anmeldung
error-gh3003-text = Die Antwort passt zu keiner Anmeldung aus diesem Browser. Das kann an einem alten Tab oder an der Zurück-Taste liegen. Beginnen Sie in der App von vorn.
error-gh3004-title = Wir wissen nicht sicher, von wem die Antwort stammt
error-gh3004-text = Die Antwort kommt nicht von dem Anmeldedienst, der für Ihre Organisation eingerichtet ist; wir haben sie nicht verwendet. Nennen Sie der Organisation, die Sie besuchen, Code und Referenznummer.
error-gh3005-title = Wir konnten die Echtheit der Antwort nicht bestätigen
error-gh3005-text = Die Signatur der Antwort Ihrer Organisation ließ sich nicht prüfen; wir haben sie nicht verwendet. Beginnen Sie von vorn; wenn es dabei bleibt, nennen Sie der Organisation, die Sie besuchen, Code und Referenznummer.
error-gh3006-title = Die Antwort war für jemand anderen bestimmt
error-gh3006-text = Der Anmeldedienst Ihrer Organisation hat seine Antwort an einen anderen Empfänger gerichtet; wir haben sie nicht verwendet. Nennen Sie der Organisation, die Sie besuchen, Code und Referenznummer.
error-gh3007-title = Die Antwort passt nicht zu unserer Frage
error-gh3007-text = Ein Teil der Antwort Ihrer Organisation passt nicht zu dieser Anmeldung; wir haben sie nicht verwendet. Beginnen Sie von vorn; wenn es dabei bleibt, nennen Sie der Organisation, die Sie besuchen, Code und Referenznummer.
error-gh3008-title = Die Uhren gehen auseinander
error-gh3008-text = Die Antwort Ihrer Organisation ist zu alt oder kommt aus der Zukunft. Beginnen Sie von vorn; wenn es dabei bleibt, nennen Sie Ihrer IT-Abteilung Code und Referenznummer.
error-gh3009-title = In der Antwort fehlt etwas
error-gh3009-text = Der Anmeldedienst Ihrer Organisation hat uns nicht alles mitgeteilt, was wir brauchen, zum Beispiel Ihre E-Mail-Adresse. Nennen Sie Ihrer IT-Abteilung Code und Referenznummer.
error-gh3010-title = Diese Adresse gehört zu einer anderen Organisation
error-gh3010-text = Der Anmeldedienst hat eine Adresse genannt, für die er nicht sprechen darf; wir haben sie nicht verwendet. Melden Sie sich mit einer Adresse jener Organisation an oder nennen Sie der Organisation, die Sie besuchen, Code und Referenznummer.
error-gh3011-title = Ihre Organisation steht nicht auf der Liste
error-gh3011-text = Die Organisation, die Sie besuchen, nimmt noch keine Anmeldungen aus Ihrer Organisation an. Nennen Sie Ihrer Ansprechperson dort Code und Referenznummer; sie kann das ändern lassen.
error-gh3012-title = Die Anmeldung Ihrer Organisation hat uns abgewiesen
error-gh3012-text = Der Anmeldedienst Ihrer Organisation hat unsere Anfrage nicht angenommen; an Ihnen liegt es nicht. Nennen Sie der Organisation, die Sie besuchen, Code und Referenznummer.
error-gh3013-title = Wir können gerade keine E-Mails senden
error-gh3013-text = Ihr Code konnte nicht gesendet werden. Warten Sie einige Minuten und fordern Sie ihn noch einmal an.

## Die Anmeldung einer Partnerorganisation
error-partner-clock-title = Die Antwort kam zur falschen Zeit
error-partner-clock-text = Nach unserer Uhr ist die Antwort Ihrer Organisation zu alt oder noch nicht gültig. War deren Seite lange offen, beginnen Sie einfach von vorn. Wenn es wieder geschieht, nennen Sie Ihrer IT-Abteilung Code und Referenznummer; sie kann die Uhren vergleichen.
error-partner-refused-title = Ihre Organisation hat Sie nicht angemeldet
error-partner-refused-text = Der Anmeldedienst Ihrer Organisation hat uns mitgeteilt, dass er Sie nicht anmelden konnte oder wollte. Beginnen Sie von vorn oder versuchen Sie es mit einem anderen Konto. Wenn Sie Zugang haben sollten, kann Ihre IT-Abteilung mit Code und Referenznummer weiterhelfen.
error-partner-profile-title = Ihre Organisation hat zu wenig über Sie mitgeteilt
error-partner-profile-text = Die Anmeldung hat geklappt, aber in der Antwort fehlt etwas, woran wir Sie erkennen, zum Beispiel Ihre E-Mail-Adresse. Ein neuer Versuch hilft selten, ein anderes Konto vielleicht. Nennen Sie Ihrer IT-Abteilung Code und Referenznummer; sie kann das Fehlende ergänzen.
error-partner-answer-title = Wir konnten die Antwort Ihrer Organisation nicht verwenden
error-partner-answer-text = An Ihnen liegt es nicht: Die Antwort des Anmeldedienstes Ihrer Organisation hat unsere Prüfung nicht bestanden. Wir haben sie nicht verwendet, und es wurde nichts weitergegeben. Beginnen Sie von vorn oder versuchen Sie es mit einem anderen Konto. Wenn es dabei bleibt, nennen Sie der Organisation, die Sie besuchen, Code und Referenznummer; sie kann das mit Ihrer klären.
error-partner-setup-title = Die Anmeldung über Ihre Organisation ist nicht bereit
error-partner-setup-text = An der Verbindung zwischen Ihrer Organisation und der, die Sie besuchen, muss etwas in Ordnung gebracht werden; an Ihnen liegt es nicht. Warten Sie einige Minuten und beginnen Sie von vorn oder versuchen Sie es mit einem anderen Konto. Wenn es dabei bleibt, nennen Sie der Organisation, die Sie besuchen, Code und Referenznummer.

## Token
error-gh4001-title = Die App konnte sich nicht ausweisen
error-gh4001-text = Die Zugangsdaten der App wurden nicht anerkannt. Die Betreiber der App können das berichtigen.
error-gh4002-title = Der Code der App gilt nicht
error-gh4002-text = Der Code ist unbekannt, zu alt, schon verwendet oder für eine andere App. Gehen Sie zurück zur App und melden Sie sich noch einmal an.
error-gh4003-title = Der Code der App wurde zweimal verwendet
error-gh4003-text = Ein Code gilt nur einmal. Zu Ihrem Schutz haben wir zurückgezogen, was dafür ausgestellt war. Gehen Sie zurück zur App und melden Sie sich noch einmal an.
error-gh4004-title = Der Nachweis der App stimmt nicht
error-gh4004-text = Die App konnte nicht nachweisen, dass sie diese Anmeldung begonnen hat. Gehen Sie zurück zur App und melden Sie sich noch einmal an.
error-gh4005-title = Die Rückkehradresse der App hat sich geändert
error-gh4005-text = Die Rückkehradresse ist nicht die, mit der diese Anmeldung begann. Gehen Sie zurück zur App und melden Sie sich noch einmal an.
error-gh4006-title = Die App verlangt etwas, das es hier nicht gibt
error-gh4006-text = Die App hat Token auf einem Weg angefordert, den es hier nicht gibt. Die Betreiber der App können das ändern.
error-gh4007-title = Dieser Zugang ist beendet
error-gh4007-text = Das Zugriffstoken fehlt, ist zu alt, zurückgezogen oder nicht von uns. Gehen Sie zurück zur App und melden Sie sich noch einmal an.
error-gh4008-title = Die Anfrage der App ist unvollständig
error-gh4008-text = In der Token-Anfrage der App fehlt etwas. Die Betreiber der App können das berichtigen.
error-gh4009-title = Die App verlangt mehr, als sie darf
error-gh4009-text = Die App hat eine Berechtigung verlangt, die sie nicht hat. Die Betreiber der App oder dieser Organisation können das berichtigen.
error-gh4010-title = Diese App kann sich nicht selbst anmelden
error-gh4010-text = Nur eine App mit einem Geheimnis und eigenen Berechtigungen bekommt ein Token ohne eine Person. Die Betreiber dieser Organisation können ihr welche geben.

## Einladen und die Verwaltungs-API
error-gh5001-title = Die Anfrage ist nicht authentifiziert
error-gh5001-text = Senden Sie ein Zugriffstoken dieses Ausstellers, dessen Zielgruppe die Verwaltungs-API ist: `Authorization: Bearer …`.
error-gh5002-title = Das ist nicht erlaubt
error-gh5002-text = Dem Token fehlt eine Berechtigung für diese Operation.
error-gh5003-title = Die Anfrage ist nicht zu verstehen
error-gh5003-text = Eine Eigenschaft fehlt, ist falsch geformt oder zu lang. Die Einzelheit nennt sie.
error-gh5004-title = Das gibt es hier nicht
error-gh5004-text = Nichts in diesem Mandanten hat diese Kennung, oder es wurde gelöscht.
error-gh5005-title = Dieser Idempotency-Key gehört zu einer anderen Anfrage
error-gh5005-text = Ein Schlüssel steht einen Tag lang für eine Anfrage. Nehmen Sie für eine neue Anfrage einen neuen.
error-gh5006-title = Einladen ist diesem Aufrufer nicht gestattet
error-gh5006-text = Die Einstellung des Mandanten sagt, wer einladen darf; dieser Aufrufer gehört nicht dazu.
error-gh5007-title = Das ist keine E-Mail-Adresse
error-gh5007-text = Adressen folgen RFC 5321 und RFC 6531; Pluszeichen und Umlaute sind in Ordnung, Gruppenadressen und Leerzeichen nicht.
error-gh5008-title = Diese Weiterleitungsadresse gehört nicht zum Mandanten
error-gh5008-text = Einladungen führen zu einer App dieses Mandanten, zu Meine Apps oder zu einer vom Betreiber eingetragenen Herkunft.
error-gh5009-title = Dieser Gast ist schon aufgenommen
error-gh5009-text = Er hat bereits angenommen, deshalb wird nichts gesendet. Setzen Sie die Einlösung zurück, um ihn neu einlösen zu lassen, oder senden Sie den Link der App.
error-gh5010-title = Ein gelöschter Gast hat diese Adresse
error-gh5010-text = Stellen Sie ihn mit allem wieder her, oder entfernen Sie ihn endgültig und laden Sie neu ein.
error-gh5011-title = Dieser Gast ist gesperrt
error-gh5011-text = Heben Sie zuerst die Sperre auf: Eine Einladung würde nirgendwohin führen.
error-gh5012-title = Diese Adresse gehört der Organisation selbst
error-gh5012-text = Personen aus einer bestätigten Domain dieses Mandanten sind nicht dessen Gäste; sie benutzen ihr eigenes Konto.
error-gh5013-title = Ein anderer Gast hat diese Adresse
error-gh5013-text = Eine Adresse gehört einem Gast. Die Einzelheit nennt, wer sie hat.
error-gh5014-title = Diese Einladung ist abgeschlossen
error-gh5014-text = Sie wurde eingelöst, widerrufen oder ersetzt und kann weder gesendet noch widerrufen werden. Laden Sie stattdessen neu ein.
error-gh5015-title = Nur eine Person kann eine Kopie erhalten
error-gh5015-text = `ccRecipients` nimmt einen Empfänger.
error-gh5016-title = Die Nachricht ist zu lang
error-gh5016-text = Eine persönliche Nachricht hat höchstens 2000 Zeichen reinen Text.
error-gh5017-title = Nur Administratoren dürfen Mitglieder einladen
error-gh5017-text = Laden Sie als Gast ein, oder fragen Sie einen Benutzeradministrator.
error-gh5018-title = Dieses Gatehouse kann keine Mail senden
error-gh5018-text = Es ist kein Mailserver eingerichtet. Laden Sie ohne `sendInvitationMessage` ein und geben Sie den Link selbst weiter.
error-gh5019-title = Zu viele Einladungen für den Moment
error-gh5019-text = Die Grenze für einen Einladenden ist erreicht. Versuchen Sie es in einer Stunde wieder, oder bitten Sie um eine höhere.
error-gh5020-title = Die Datei ist nicht lesbar
error-gh5020-text = Ihre ersten beiden Zeilen müssen die der Vorlage sein. Die Einzelheit nennt Zeile und Grund; niemand wurde eingeladen.
error-gh5021-title = Dieses Konto kann nicht umgewandelt werden
error-gh5021-text = Es ist bereits extern, oder die eingeladene Adresse liegt nicht in der Domain seiner Mailadresse.
error-gh5022-title = Diese Person hat Einladungen gesperrt
error-gh5022-text = Sie will keine Einladungsmails dieser Organisation mehr. Senden Sie ihr selbst den Link einer App, wenn sie ihn erwartet.
error-gh5023-title = Zu viele Anfragen für den Moment
error-gh5023-text = Dieser Client hat in einer Minute mehr Anfragen gestellt, als einer darf. Warten Sie so lange, wie `Retry-After` sagt.

## Das Haus selbst
error-gh9001-title = Wir brauchen einen Augenblick
error-gh9001-text = Ein Teil unseres Dienstes ist gerade nicht erreichbar. Warten Sie eine Minute und beginnen Sie von vorn; an Ihnen liegt es nicht.
error-gh9002-title = Wir brauchen einen Augenblick
error-gh9002-text = Das Gästeverzeichnis ist gerade nicht erreichbar. Warten Sie eine Minute und beginnen Sie von vorn; an Ihnen liegt es nicht.
error-gh9003-title = Hier ist gerade viel los
error-gh9003-text = Im Augenblick melden sich mehr Menschen an, als wir aufnehmen können. Warten Sie eine Minute und beginnen Sie von vorn.
error-gh9004-title = Wir können gerade keine Anmeldung abschließen
error-gh9004-text = Unser Dienst hat im Augenblick keinen gültigen Signaturschlüssel. Warten Sie einige Minuten und beginnen Sie von vorn; die Betreiber finden die Ursache unter der Referenznummer.
error-gh9999-title = Bei uns ist etwas schiefgegangen
error-gh9999-text = Das hätte nicht geschehen dürfen, und an Ihnen liegt es nicht. Beginnen Sie von vorn; wenn es wieder geschieht, geben Sie die Referenznummer weiter, damit wir die Ursache finden.
