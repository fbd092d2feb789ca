# Gatehouse, français. Un message par ligne ; pas de HTML. Les variables sont les mêmes dans toutes les langues.

## Toutes les pages
skip-to-content = Aller au contenu
language-switch = Langue
page-title = { $page } · { $tenant }
page-title-wrong = Erreur : { $page } · { $tenant }
reference = Référence { $reference }
use-another-address = Utiliser une autre adresse
use-another-account = Utiliser un autre compte

## Connexion
signin-title = Se connecter
signin-lead = pour accéder à { $app }
signin-address-label = Adresse e-mail
signin-address-hint = Celle à laquelle vous avez reçu l’invitation, ou votre adresse professionnelle.
signin-continue = Continuer
signin-or = ou
signin-with = Continuer avec { $provider }
signin-options = Options de connexion
signin-options-text = Vous n’avez pas besoin d’un nouveau mot de passe pour { $tenant }. Saisissez votre adresse e-mail : nous vous amenons à la page de connexion de votre organisation ou, si elle n’en a pas, nous vous envoyons un code par e-mail.
signin-organization = Se connecter à une autre organisation

## Choix du compte
picker-title = Choisissez un compte
picker-lead = Plusieurs comptes existent pour cette adresse. Choisissez celui que vous utilisez avec { $tenant }.

## Créer un compte Microsoft
create-title = Créer un compte Microsoft
create-lead = Pour vous connecter à { $tenant } avec cette adresse, il vous faut un compte Microsoft. Il est gratuit et vous gardez votre adresse.
create-what-next = Microsoft vous demande de confirmer l’adresse et de choisir un moyen de connexion. Vous revenez ensuite directement ici.
create-continue = Continuer vers Microsoft

## Code
passcode-title = Saisissez votre code
passcode-lead = Si cette adresse peut recevoir un code, il est en route :
passcode-label = { $digits ->
    [one] Code à { $digits } chiffre
   *[other] Code à { $digits } chiffres
}
passcode-new-account = Nous ne connaissons pas de page de connexion de votre organisation. Avec ce code, un compte est créé pour cette adresse, sans mot de passe à retenir.
passcode-lifetime = { $minutes ->
    [one] Le code est valable { $minutes } minute.
   *[other] Le code est valable { $minutes } minutes.
}
passcode-continue = Se connecter
passcode-wrong = { $tries ->
    [one] Ce code ne correspond pas. Il vous reste { $tries } essai.
   *[other] Ce code ne correspond pas. Il vous reste { $tries } essais.
}
passcode-dead = Ce code n’est plus valable. Demandez-en un nouveau ci-dessous, puis saisissez-le.
passcode-resent = Si cette adresse peut recevoir un code, un nouveau est en route. Seul le plus récent est valable.
passcode-too-soon = Le dernier code vient d’être envoyé. Laissez-lui le temps d’arriver, puis demandez-en un autre.
passcode-help = Pas encore de code ?
passcode-help-sender = Regardez aussi dans vos courriers indésirables. Le message vient de { $sender }.
passcode-help-junk = Regardez aussi dans vos courriers indésirables.
passcode-resend = Envoyer un nouveau code
passcode-resend-gap = { $seconds ->
    [one] Deux codes sont espacés d’au moins { $seconds } seconde.
   *[other] Deux codes sont espacés d’au moins { $seconds } secondes.
}

## Vérifier les autorisations : ce qui est accepté, mot pour mot
consent-title = Vérifier les autorisations
consent-asks = { $organization } ({ $domain }) vous demande l’autorisation de vous enregistrer comme invité.
consent-app = Vous vous connectez à { $app }.
consent-shares = En acceptant, vous autorisez { $organization } à recevoir de votre compte :
consent-shares-name = Votre nom
consent-shares-email = Votre adresse e-mail
consent-shares-photo = Votre photo
consent-shares-identifiers = Vos identifiants d’annuaire, qui permettent à { $organization } de reconnaître et de gérer votre compte d’invité
consent-statement = Déclaration de confidentialité de { $organization } :
consent-no-links = { $organization } n’a pas fourni de liens vers ses conditions que vous pourriez consulter.
consent-contact = Questions sur vos données personnelles :
consent-trust = N’acceptez que si vous faites confiance à { $organization }. Votre mot de passe n’est jamais transmis.

## Vérifier les autorisations : autour
consent-accept = Accepter
consent-decline = Refuser
consent-signed-in = Vous utilisez le compte
consent-via = via { $provider }
consent-decline-hint = Si vous refusez, rien n’est transmis et vous pouvez revenir à tout moment.

## Retour vers l’application
formpost-title = Nous vous amenons à { $app }
formpost-text = Si rien ne se passe dans les prochaines secondes, choisissez « Continuer ».
formpost-continue = Continuer

## En route vers le fournisseur d’identité
leave-title = En route vers { $provider }
leave-text = Si rien ne se passe dans les prochaines secondes, choisissez « Continuer ».
leave-continue = Continuer

## Terminé
done-title = C’est terminé
done-text = La connexion est achevée. Vous pouvez fermer cette fenêtre.
done-back = Aller à { $app }

## Se déconnecter
signout-title = Se déconnecter de { $tenant } ?
signout-text = Vous serez déconnecté dans ce navigateur. Les applications ouvertes peuvent garder leur propre session pendant quelque temps.
signout-button = Se déconnecter
signedout-title = Vous êtes déconnecté
signedout-text = Vous pouvez fermer cette fenêtre.
signedout-partner-text = Votre session chez { $provider } est peut-être encore ouverte. Sur un ordinateur partagé, déconnectez-vous aussi là-bas, ou fermez toutes les fenêtres du navigateur.

## Erreurs : autour du texte
error-code = Code
error-reference = Numéro de référence
error-keep = Si vous demandez de l’aide, indiquez ces deux éléments.
error-wrong-account = Cette connexion est destinée à { $expected }. Vous avez utilisé le compte { $proven }.
error-start-again = Recommencer
error-back = Retour à { $app }

## E-mail
mail-passcode-subject = Votre code pour { $tenant }
mail-passcode-greeting = Bonjour,
mail-passcode-intro = Voici votre code pour vous connecter à { $tenant } :
mail-passcode-preheader = { $code } est votre code. Il sert une seule fois.
mail-passcode-expires = { $minutes ->
    [one] Il sert une seule fois et reste valable { $minutes } minute.
   *[other] Il sert une seule fois et reste valable { $minutes } minutes.
}
mail-passcode-where = Saisissez-le sur la page où vous l’avez demandé. Personne chez { $tenant } ne vous demandera jamais de communiquer ce code.
mail-passcode-ignore = Si vous n’avez pas demandé de code, vous pouvez ignorer ce message. Sans le code, personne ne peut se connecter avec votre adresse.
mail-passcode-footer = Envoyé à { $address } parce que quelqu’un a saisi cette adresse sur la page de connexion de { $tenant }.

## Invitation : la page et ce qui peut échouer
redeem-title = { $tenant } vous invite
redeem-lead = { $tenant } ({ $domain }) vous invite comme personne externe.
redeem-lead-by = { $inviter } vous invite chez { $tenant } ({ $domain }).
redeem-app = L’invitation concerne l’application { $app }.
redeem-apps = L’invitation concerne les applications qui y sont partagées avec vous.
redeem-message = Un message pour vous
redeem-for = Cette invitation est pour
redeem-accept = Accepter l’invitation
redeem-nothing-yet = Rien ne se passe avant votre connexion. Nous vous conduisons à votre propre page de connexion, et rien n’est partagé sans votre accord.
redeem-unexpected = Vous ne vous y attendiez pas ? Alors ne faites rien.
redeem-block = Ne plus recevoir d’invitations de { $tenant }
block-title = Ne plus recevoir d’invitations de { $tenant } ?
block-text = { $tenant } n’enverra plus d’invitations à cette adresse. Ce que vous avez déjà accepté reste en place.
block-button = Bloquer les prochaines invitations
block-done-title = Vous ne recevrez plus d’invitations
block-done-text = { $tenant } n’envoie plus d’invitations à cette adresse. Si vous souhaitez en recevoir à nouveau, dites-le à votre contact sur place.
mismatch-title = Est-ce bien vous aussi ?
mismatch-lead = { $tenant } a invité une autre adresse que celle que vous avez utilisée pour vous connecter.
mismatch-accounts = Voici les deux adresses :
mismatch-invited = Invitée
mismatch-proven = Connectée
mismatch-both = Les deux sont à moi
mismatch-both-hint = Vous aurez alors accès avec le compte de votre connexion, et c’est lui que vous utiliserez désormais.
sign-in-as = Se connecter avec { $address }
error-my-apps = Aller à Mes applications

## Courrier d’invitation
mail-invitation-subject = { $inviter } vous invite à accéder aux applications de son organisation.
mail-invitation-subject-unnamed = { $tenant } vous invite à accéder aux applications de son organisation.
mail-invitation-heading = { $inviter } vous invite chez { $tenant }
mail-invitation-heading-unnamed = Vous êtes invité chez { $tenant }
mail-invitation-message = Message de { $inviter } :
mail-invitation-message-unnamed = Message de { $tenant } :
mail-invitation-button = Accepter l’invitation
mail-invitation-leads = Vous vous connectez avec { $address }, puis vous arrivez sur { $destination }.
mail-invitation-stays = Conservez ce message : une fois l’invitation acceptée, le lien vous ramène sur { $destination } quand vous en avez besoin.
mail-invitation-expires = Veuillez accepter au plus tard le { $day }. Ensuite, l’invitation ne sera plus valable.
mail-invitation-ignore = Si vous ne souhaitez pas accepter, vous n’avez rien à faire. Tant que vous n’acceptez pas, personne ne peut se connecter en votre nom.
mail-link-plain = Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :
mail-warning-title = Attendez-vous ce message ?
mail-warning = N’acceptez cette invitation que si vous connaissez { $tenant } et que vous l’attendiez. Personne ne vous demandera de mot de passe par e-mail.
mail-warning-notice = N’ouvrez le lien que si vous connaissez { $tenant }. Personne ne vous demandera de mot de passe par e-mail.
mail-notice-subject = Vous avez maintenant accès aux applications de { $tenant }
mail-notice-heading = { $inviter } vous a donné accès à { $tenant }
mail-notice-heading-unnamed = Vous avez maintenant accès à { $tenant }
mail-notice-why = Vous n’avez rien à accepter : votre organisation et { $tenant } en sont convenues.
mail-notice-button = Ouvrir { $destination }
mail-notice-leads = Vous vous connectez avec { $address }, comme dans votre propre organisation, puis vous arrivez sur { $destination }.
mail-notice-stays = Conservez ce message : le lien vous ramène sur { $destination } quand vous en avez besoin.
mail-terms-subject = { $tenant } modifie ses conditions : { $terms }
mail-terms-heading = { $tenant } modifie les conditions « { $terms } »
mail-terms-effective = Les nouvelles conditions s’appliquent à partir du { $day }.
mail-terms-asked = À votre prochaine connexion après cette date, il vous sera demandé de les lire et de les accepter.
mail-terms-nothing = Vous n’avez rien à faire pour l’instant.
mail-terms-button = Les lire dans Mon compte
mail-footer-why = Envoyé à { $address } au nom de { $tenant }.
mail-footer-statement = Déclaration de confidentialité de { $tenant }
mail-footer-no-statement = { $tenant } n’a pas fourni de déclaration de confidentialité.
mail-footer-contact = Questions :
mail-footer-block = Bloquer les prochaines invitations
mail-day = { $day } { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }

## Conditions d’utilisation
terms-title = Conditions d’utilisation
terms-step = { $number } sur { $count }
terms-asks = { $tenant } vous demande d’accepter ces conditions avant de continuer.
terms-version = Version { $version }.
terms-language = Ce document n’existe que dans cette langue : { $language }.
terms-open = Ouvrir le document
terms-open-pdf = Ouvrir le document (PDF, { $size } Ko)
terms-must-open = Veuillez ouvrir et lire le document avant de l’accepter.
terms-reminder = Vous n’avez pas encore ouvert le document. Ouvrez-le d’abord, puis acceptez-le.
terms-decline-hint = Si vous refusez, vous ne pouvez pas continuer maintenant. Vous pourrez vous reconnecter et accepter à tout moment.
terms-back = Retour

## Mes applications et Mon compte
apps-title = Mes applications
apps-lead = Les applications auxquelles { $tenant } vous donne accès.
apps-none = { $tenant } ne vous donne encore accès à aucune application. Votre contact là-bas peut vous en dire plus.
apps-search-label = Trouver une application
apps-search = Rechercher
apps-nothing = Aucun résultat pour « { $query } ».
apps-all = Afficher toutes les applications
apps-terms-wait = { $tenant } vous demande d’accepter de nouveau « { $terms } ». Vous pouvez continuer sans le faire jusqu’au { $date }. Ensuite, la question vous sera posée à la connexion.
portal-via-mail = avec un code reçu par e-mail
account-title = Mon compte
account-you = Vous
account-name = Nom
account-addresses = { $count ->
    [one] Adresse e-mail
   *[other] Adresses e-mail
}
account-sign-in = Votre mode de connexion
account-since = Invité depuis le
account-organizations = Organisations dont vous faites partie
account-here = Vous êtes ici
account-pending = Invitation reçue
account-agreements = Ce que vous avez accepté ou refusé
account-accepted = Accepté
account-declined = Refusé
account-counts-until = valable jusqu’au { $date }
account-counted-until = a été valable jusqu’au { $date }
account-agreements-none = Rien ne vous a été demandé jusqu’ici.
account-version = Version { $version }
account-for-app = pour { $app }
account-read = Lire
account-read-this = Lire { $document }
account-download = Télécharger
account-download-this = Télécharger { $document }
account-sessions = Où vous êtes connecté
account-session-this = Ce navigateur
account-session-other = Un autre navigateur
account-session-since = depuis le { $date }
account-session-end = Déconnecter
account-session-end-this = Déconnecter le navigateur connecté depuis le { $date }
account-everywhere = Se déconnecter partout
account-everywhere-hint = Met fin à toutes les sessions chez { $tenant }, celle-ci comprise. Les applications ouvertes gardent parfois leur propre session un moment.
account-leaving = Quitter l’organisation
account-leaving-hint = Vous pouvez mettre fin vous-même à votre accès d’invité chez { $tenant }. Une confirmation vous sera demandée avant tout changement.
leaving-title = Quitter { $tenant } ?
leaving-access = Vous perdez aussitôt, dans tous les navigateurs, l’accès à { $tenant } et à ses applications.
leaving-restore = Pendant 30 jours, { $tenant } peut vous faire revenir avec tout comme avant. Ensuite, votre compte d’invité est supprimé pour de bon.
leaving-others = Votre propre compte, avec lequel vous vous connectez, reste tel quel. Les autres organisations dont vous faites partie aussi.
leaving-confirm = J’ai compris et je veux quitter { $tenant }.
leaving-unconfirmed = Cochez la case pour confirmer que vous le voulez vraiment.
leaving-button = Quitter { $tenant }
leaving-stay = Rester
goodbye-title = Vous avez quitté { $tenant }
goodbye-text = Vous êtes déconnecté partout et ses applications ne vous sont plus ouvertes.
goodbye-back = Pour revenir, écrivez à votre contact chez { $tenant }. Pendant 30 jours, votre compte d’invité peut être rétabli tel quel ; ensuite, on peut vous inviter à nouveau.
error-write = Écrire à { $contact }
date-day = { $day } { $month } { $year }
date-minute = { $date } à { $time } UTC
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

## Organisations
organization-title = Se connecter à une organisation
organization-lead = Indiquez l’organisation que vous visitez et nous vous conduisons à sa page de connexion.
organization-label = Domaine de l’organisation
organization-hint = Par exemple example.com. Il figure dans votre invitation ; certaines organisations se trouvent aussi par leur nom.
organization-remembered = Déjà visitées avec ce navigateur
organization-forget = Oublier cette liste
confirm-organization-title = Est-ce la bonne ?
confirm-organization-lead = Vous allez vous connecter à :
confirm-organization-continue = Continuer vers { $organization }
confirm-organization-cancel = Choisir une autre organisation

## Dans la fenêtre d’une application
elsewhere-title = Continuez dans votre navigateur
elsewhere-lead = { $provider } n’affiche pas sa page de connexion dans la fenêtre d’une application. Connectez-vous avec un navigateur de confiance, sur cet appareil ou un autre, puis revenez ici.
elsewhere-there = Ouvrez cette adresse dans un navigateur
elsewhere-code = et saisissez ce code :
elsewhere-open = L’ouvrir directement
elsewhere-continue = Je me suis connecté : continuer
elsewhere-new-code = Afficher un nouveau code
elsewhere-over = Ce code a expiré.
elsewhere-looking = Cette page vérifie toutes les quelques secondes si vous avez terminé.
elsewhere-pause = Ne plus vérifier
elsewhere-passcode = Recevoir plutôt un code par e-mail
elsewhere-done-title = Vous êtes connecté
elsewhere-done-text = { $provider } a confirmé votre identité. Continuez ici.
device-title = Saisissez le code
device-lead = Une application vous montre un code de neuf lettres. Saisissez-le ici pour vous connecter avec ce navigateur.
device-label = Code de l’application
device-continue = Continuer
device-confirm-title = Est-ce vous qui avez commencé ?
device-confirm-what = { $app } chez { $tenant } demande qui vous êtes.
device-confirm-since = { $minutes ->
    [0] Le code est affiché depuis moins d’une minute.
    [one] Le code est affiché depuis une minute.
   *[other] Le code est affiché depuis { $minutes } minutes.
}
device-confirm-warning = Ne continuez que si vous avez commencé vous-même, à l’instant, et si vous voyez le code dans l’application devant vous. Si quelqu’un vous a envoyé le code, cette personne veut se connecter à votre place.
device-confirm-continue = Continuer vers { $provider }
device-confirm-else = Sinon, fermez cette page. Rien ne s’est encore passé.
device-done-title = Vous êtes connecté
device-done-text = Vous pouvez fermer cet onglet et revenir à { $app }.

## La demande de l’application
error-gh1001-title = Nous ne connaissons pas cette organisation
error-gh1001-text = Aucune organisation n’est enregistrée à cette adresse. Vérifiez que le lien est bien écrit, ou demandez-en un nouveau à la personne qui vous l’a envoyé.
error-gh1002-title = Il n’y a pas de page ici
error-gh1002-text = L’adresse ne mène nulle part, ou la page a changé de place. Revenez à l’application d’où vous venez et repartez de là.
error-gh1003-title = Cette application n’est pas enregistrée ici
error-gh1003-text = L’organisation ne connaît pas l’application qui vous a envoyé. Nous nous sommes arrêtés avant de transmettre quoi que ce soit. Prévenez les responsables de l’application ; ils peuvent la faire enregistrer.
error-gh1004-title = Nous ne pouvons pas vous renvoyer vers cette application
error-gh1004-text = L’application veut vous recevoir à une adresse qu’elle n’a pas enregistrée. Pour vous protéger, nous nous sommes arrêtés ici. Prévenez les responsables de l’application ; ils peuvent faire enregistrer l’adresse.
error-gh1005-title = La demande de l’application n’est pas claire
error-gh1005-text = L’application a envoyé deux fois la même indication et nous ne savons pas laquelle compte. Revenez à l’application et réessayez ; si cela se reproduit, prévenez ses responsables.
error-gh1006-title = L’application demande ce que nous n’offrons pas
error-gh1006-text = L’application souhaite une forme de réponse qui n’existe pas ici : seul le code d’autorisation est possible. Les responsables de l’application peuvent y remédier.
error-gh1007-title = L’application demande ce que nous n’offrons pas
error-gh1007-text = L’application souhaite une réponse par une voie qui n’existe pas ici : seules « query » et « form_post » sont possibles. Les responsables de l’application peuvent y remédier.
error-gh1008-title = La demande de l’application est incomplète
error-gh1008-text = L’application n’a pas demandé la portée « openid », indispensable à la connexion. Les responsables de l’application peuvent l’ajouter.
error-gh1009-title = La demande de l’application est incomplète
error-gh1009-text = Il manque à l’application une protection que toute connexion doit avoir ici : PKCE avec S256. Les responsables de l’application peuvent l’activer.
error-gh1010-title = La demande de l’application n’est pas claire
error-gh1010-text = Les souhaits de l’application sur ce qu’il faut vous montrer (« prompt ») se contredisent ou sont inconnus. Les responsables de l’application peuvent les corriger.
error-gh1011-title = La demande de l’application n’est pas claire
error-gh1011-text = L’âge maximal de votre connexion (« max_age ») n’est pas donné en secondes. Les responsables de l’application peuvent le corriger.
error-gh1012-title = La demande de l’application est trop longue
error-gh1012-text = Une partie de la demande est plus longue que ce que nous pouvons garder. Revenez à l’application et réessayez ; si cela se reproduit, prévenez ses responsables.
error-gh1013-title = L’application demande ce que nous n’offrons pas
error-gh1013-text = L’application a envoyé sa demande sous forme d’objet signé (« request »), ce qui n’est pas possible ici. Ses responsables peuvent envoyer de simples paramètres.
error-gh1014-title = L’application demande ce que nous n’offrons pas
error-gh1014-text = L’application a envoyé sa demande par référence (« request_uri »), ce qui n’est pas possible ici. Ses responsables peuvent envoyer de simples paramètres.
error-gh1015-title = Aucune session n’est ouverte
error-gh1015-text = L’application a demandé si une session était ouverte, et il n’y en a pas en ce moment. Revenez à l’application et connectez-vous depuis là.
error-gh1016-title = Votre accord est encore nécessaire
error-gh1016-text = Avant que l’application puisse continuer, vous devez vérifier ce qui est transmis à l’organisation. Revenez à l’application et connectez-vous depuis là.
error-gh1017-title = Nous n’avons pas pu lire cette demande
error-gh1017-text = Ce qui est arrivé ici était abîmé, incomplet ou trop volumineux. Revenez à l’application d’où vous venez et recommencez.
error-gh1018-title = Cette page ne s’utilise pas ainsi
error-gh1018-text = L’adresse existe, mais pas pour ce type de demande. Revenez à l’application d’où vous venez et recommencez.
error-gh1019-title = C’est plus que ce que nous pouvons recevoir
error-gh1019-text = Ce qui a été envoyé à cette page dépasse la taille permise. Revenez en arrière et réessayez avec moins.
error-gh1020-title = L’application demande ce que nous n’offrons pas
error-gh1020-text = L’application a joint son enregistrement à la demande (« registration »), ce qui n’est pas possible ici. Ses responsables peuvent la faire enregistrer par l’organisation.

## Votre chemin
error-gh2001-title = Cette connexion est close
error-gh2001-text = Elle est déjà terminée, a duré trop longtemps ou a commencé dans un autre navigateur ou dans un navigateur sans cookies. Rien n’est perdu : recommencez depuis l’application.
error-gh2002-title = Vérifiez l’adresse e-mail
error-gh2002-text = Cela ne ressemble pas à une adresse e-mail complète. Elle devrait être de la forme nom@exemple.fr.
error-gh2003-title = Rien n’a été transmis
error-gh2003-text = Vous avez choisi de ne pas transmettre vos informations ; l’application ne peut donc pas vous laisser entrer. Si vous changez d’avis, reconnectez-vous simplement.
error-gh2004-title = Cette adresse n’ouvre pas l’accès
error-gh2004-text = Cette organisation n’a pas prévu de connexion pour cette adresse. Essayez une autre de vos adresses, ou demandez à la personne qui vous a envoyé l’invitation.
error-gh2005-title = Passez par votre lien d’invitation
error-gh2005-text = La première fois, cette adresse doit passer par le lien reçu dans l’invitation. Ouvrez ce lien ; ensuite, vous pourrez venir ici directement.
error-gh2006-title = Votre organisation ne connaît pas encore ce compte
error-gh2006-text = Votre organisation gère sa propre connexion et cette adresse n’y a pas de compte. Demandez un compte à votre service informatique, ou essayez une autre adresse.
error-gh2007-title = Votre organisation gère elle-même ses comptes
error-gh2007-text = Votre organisation n’autorise pas les comptes confirmés par e-mail seulement. Demandez un compte à votre service informatique, ou essayez une autre adresse.
error-gh2008-title = Vous n’êtes pas encore sur la liste des invités
error-gh2008-text = Votre connexion a fonctionné, mais cette organisation n’a pas invité ce compte. Demandez une invitation à votre contact, ou connectez-vous avec le compte invité.
error-gh2009-title = Votre accès d’invité est suspendu
error-gh2009-text = Cette organisation a bloqué votre compte d’invité pour le moment. Votre contact peut vous en dire plus et lever le blocage.
error-gh2010-title = C’était un autre compte
error-gh2010-text = Vous avez utilisé un autre compte que celui auquel cette connexion est destinée. Recommencez et choisissez le bon ; une fenêtre privée aide si votre navigateur en choisit un tout seul.
error-gh2011-title = Ce compte n’est pas celui que nous connaissons
error-gh2011-text = L’adresse nous est familière, mais le compte qui se trouve derrière a changé. Pour vous protéger, nous nous sommes arrêtés ici. Demandez à votre contact dans l’organisation de confirmer qu’il s’agit bien de vous.
error-gh2012-title = Trop de codes pour l’instant
error-gh2012-text = Beaucoup de codes ont été demandés en peu de temps. Attendez une quinzaine de minutes, cherchez le dernier dans vos courriers indésirables, puis réessayez.
error-gh2013-title = Trop de codes erronés pour l’instant
error-gh2013-text = Pour protéger votre adresse, nous n’acceptons plus de code pour elle pendant un moment. Attendez une quinzaine de minutes, puis recommencez avec un nouveau code.
error-gh2014-title = Cette page n’était plus à jour
error-gh2014-text = La page a été envoyée deux fois ou est restée ouverte trop longtemps ; rien n’a été modifié. Recommencez depuis l’application.
error-gh2015-title = L’accès vers votre organisation est fermé
error-gh2015-text = L’organisation que vous visitez a configuré votre domaine d’une manière qui ne peut pas être utilisée ici. Indiquez-lui le code et le numéro de référence ; elle peut y remédier.
error-gh2016-title = Trop d’adresses ont été essayées
error-gh2016-text = De nombreuses adresses différentes ont été saisies depuis votre réseau en une minute. Patientez une minute, puis réessayez.
error-gh2017-title = Vous n’êtes plus sur la liste des invités
error-gh2017-text = Cette organisation a supprimé votre compte d’invité. Si vous avez encore besoin d’un accès, demandez à votre contact de le restaurer ou de vous inviter à nouveau.
error-gh2018-title = Cette application ne vous est pas encore ouverte
error-gh2018-text = Vous êtes connecté, mais l’organisation ne vous a pas attribué cette application. Vos autres applications sont dans « Mes applications » ; si vous avez besoin de celle-ci, adressez-vous à votre contact.
error-gh2019-title = Cette invitation n’est plus valable
error-gh2019-text = Elle a été retirée ou remplacée par une plus récente. Cherchez un message plus récent de l’organisation, ou demandez un nouveau lien à la personne qui vous a invité.
error-gh2020-title = Cette invitation a expiré
error-gh2020-text = Rien n’est perdu : demandez à la personne qui vous a invité de la renvoyer. Le nouveau lien arrive par e-mail.
error-gh2021-title = Veuillez utiliser le lien de votre invitation
error-gh2021-text = Votre adresse est connue ici à deux endroits, et ce lien ne trouve donc pas votre invitation. Ouvrez le message d’invitation et utilisez son lien ; ensuite, tous les liens fonctionneront.
error-gh2022-title = Cette organisation n’accepte pas d’invités de votre domaine
error-gh2022-text = Ses règles ont changé ou n’incluent pas votre organisation. Votre contact peut vous dire si une autre de vos adresses conviendrait.
error-gh2023-title = Cette organisation n’accepte pas d’invités de votre organisation
error-gh2023-text = Elle n’admet pas d’invités de votre organisation pour le moment. Votre contact peut vous en dire plus.
error-gh2024-title = Ce compte appartient déjà à un autre invité
error-gh2024-text = Vous avez utilisé un compte que cette organisation connaît sous une autre invitation. Connectez-vous avec le compte invité, ou demandez à votre contact de réunir les deux.
error-gh2025-title = Veuillez demander à l’organisation de vous retirer
error-gh2025-text = Cette organisation gère elle-même les départs. Écrivez à son contact pour la confidentialité ou à la personne qui vous a invité.
error-gh2026-title = Ce code n’est plus valable
error-gh2026-text = Les codes durent quelques minutes et ne servent qu’une fois. Retournez à l’application, recommencez et saisissez ici le nouveau code.
error-gh2027-title = Nous ne connaissons pas cette organisation
error-gh2027-text = Aucune organisation ici ne porte ce nom ou ce domaine. Vérifiez l’orthographe, ou utilisez le lien de votre invitation.

## Votre fournisseur d’identité
error-gh3001-title = La connexion de votre organisation est injoignable
error-gh3001-text = Le service de connexion de votre organisation ne répond pas correctement. Attendez quelques minutes et recommencez ; si cela persiste, indiquez le code et le numéro de référence à votre service informatique.
error-gh3002-title = La connexion a été interrompue
error-gh3002-text = Vous-même ou le service de connexion de votre organisation y avez mis fin avant la fin. Recommencez quand vous voulez.
error-gh3003-title = Cette réponse appartient à une autre connexion
error-gh3003-text = La réponse reçue ne correspond à aucune connexion de ce navigateur. Un ancien onglet ou le bouton Retour peut en être la cause. Recommencez depuis l’application.
error-gh3004-title = Nous n’avons pas pu confirmer d’où vient la réponse
error-gh3004-text = La réponse ne vient pas du service de connexion prévu pour votre organisation ; nous ne l’avons pas utilisée. Indiquez le code et le numéro de référence à l’organisation que vous visitez.
error-gh3005-title = Nous n’avons pas pu confirmer l’authenticité de la réponse
error-gh3005-text = La signature de la réponse de votre organisation n’a pas pu être vérifiée ; nous ne l’avons pas utilisée. Recommencez ; si cela persiste, indiquez le code et le numéro de référence à l’organisation que vous visitez.
error-gh3006-title = La réponse était destinée à quelqu’un d’autre
error-gh3006-text = Le service de connexion de votre organisation a adressé sa réponse à un autre destinataire ; nous ne l’avons pas utilisée. Indiquez le code et le numéro de référence à l’organisation que vous visitez.
error-gh3007-title = La réponse ne correspond pas à notre question
error-gh3007-text = Une partie de la réponse de votre organisation ne correspond pas à cette connexion ; nous ne l’avons pas utilisée. Recommencez ; si cela persiste, indiquez le code et le numéro de référence à l’organisation que vous visitez.
error-gh3008-title = Les horloges ne sont pas d’accord
error-gh3008-text = La réponse de votre organisation est trop ancienne ou vient du futur. Recommencez ; si cela persiste, indiquez le code et le numéro de référence à votre service informatique.
error-gh3009-title = Il manque quelque chose dans la réponse
error-gh3009-text = Le service de connexion de votre organisation ne nous a pas transmis tout ce qu’il faut, par exemple votre adresse e-mail. Indiquez le code et le numéro de référence à votre service informatique.
error-gh3010-title = Cette adresse appartient à une autre organisation
error-gh3010-text = Le service de connexion a indiqué une adresse qui ne relève pas de lui ; nous ne l’avons pas utilisée. Connectez-vous avec une adresse de cette organisation, ou indiquez le code et le numéro de référence à l’organisation que vous visitez.
error-gh3011-title = Votre organisation n’est pas sur la liste
error-gh3011-text = L’organisation que vous visitez n’accepte pas encore les connexions de votre organisation. Indiquez le code et le numéro de référence à votre contact ; il peut la faire ajouter.
error-gh3012-title = La connexion de votre organisation nous a refusés
error-gh3012-text = Le service de connexion de votre organisation n’a pas accepté notre demande ; vous n’y êtes pour rien. Indiquez le code et le numéro de référence à l’organisation que vous visitez.
error-gh3013-title = Nous ne pouvons pas envoyer d’e-mail en ce moment
error-gh3013-text = Votre code n’a pas pu être envoyé. Attendez quelques minutes et demandez-le de nouveau.

## La connexion d’une organisation partenaire
error-partner-clock-title = La réponse est arrivée au mauvais moment
error-partner-clock-text = Selon notre horloge, la réponse de votre organisation est trop ancienne ou pas encore valable. Si sa page est restée longtemps ouverte, recommencez simplement. Si cela se reproduit, indiquez le code et le numéro de référence à votre service informatique ; il peut comparer les horloges.
error-partner-refused-title = Votre organisation ne vous a pas connecté
error-partner-refused-text = Le service de connexion de votre organisation nous a indiqué qu’il n’a pas pu ou pas voulu vous connecter. Recommencez, ou essayez un autre compte. Si vous devriez avoir accès, votre service informatique peut vous aider avec le code et le numéro de référence.
error-partner-profile-title = Votre organisation n’en a pas dit assez sur vous
error-partner-profile-text = La connexion a fonctionné, mais il manque dans la réponse de quoi vous reconnaître, par exemple votre adresse e-mail. Réessayer aide rarement ; un autre compte, peut-être. Indiquez le code et le numéro de référence à votre service informatique ; il peut ajouter ce qui manque.
error-partner-answer-title = Nous n’avons pas pu utiliser la réponse de votre organisation
error-partner-answer-text = Vous n’y êtes pour rien : la réponse du service de connexion de votre organisation n’a pas passé nos contrôles ; nous ne l’avons pas utilisée et rien n’a été transmis. Recommencez, ou essayez un autre compte. Si cela persiste, indiquez le code et le numéro de référence à l’organisation que vous visitez ; elle peut régler cela avec la vôtre.
error-partner-setup-title = La connexion par votre organisation n’est pas prête
error-partner-setup-text = Quelque chose doit être réglé dans la liaison entre votre organisation et celle que vous visitez ; vous n’y êtes pour rien. Attendez quelques minutes et recommencez, ou essayez un autre compte. Si cela persiste, indiquez le code et le numéro de référence à l’organisation que vous visitez.

## Jetons
error-gh4001-title = L’application n’a pas pu s’identifier
error-gh4001-text = Les identifiants de l’application n’ont pas été acceptés. Ses responsables peuvent y remédier.
error-gh4002-title = Le code de l’application n’est pas valable
error-gh4002-text = Le code est inconnu, trop ancien, déjà utilisé ou destiné à une autre application. Revenez à l’application et reconnectez-vous.
error-gh4003-title = Le code de l’application a servi deux fois
error-gh4003-text = Un code ne sert qu’une fois. Pour vous protéger, nous avons retiré ce qui avait été délivré. Revenez à l’application et reconnectez-vous.
error-gh4004-title = La preuve de l’application ne correspond pas
error-gh4004-text = L’application n’a pas pu prouver qu’elle a commencé cette connexion. Revenez à l’application et reconnectez-vous.
error-gh4005-title = L’adresse de retour de l’application a changé
error-gh4005-text = L’adresse de retour n’est pas celle du début de cette connexion. Revenez à l’application et reconnectez-vous.
error-gh4006-title = L’application demande ce que nous n’offrons pas
error-gh4006-text = L’application a demandé des jetons par une voie qui n’existe pas ici. Ses responsables peuvent y remédier.
error-gh4007-title = Cet accès a pris fin
error-gh4007-text = Le jeton d’accès manque, est trop ancien, a été retiré ou ne vient pas de nous. Revenez à l’application et reconnectez-vous.
error-gh4008-title = La demande de l’application est incomplète
error-gh4008-text = Il manque quelque chose à la demande de jetons de l’application. Ses responsables peuvent y remédier.
error-gh4009-title = L’application demande plus qu’elle ne peut
error-gh4009-text = L’application a demandé une autorisation qu’elle n’a pas. Ses responsables, ou les opérateurs de cette organisation, peuvent y remédier.
error-gh4010-title = Cette application ne peut pas se connecter d’elle-même
error-gh4010-text = Seule une application qui a un secret et ses propres autorisations obtient un jeton sans personne. Les opérateurs de cette organisation peuvent lui en donner.

## Inviter, et l’API de gestion
error-gh5001-title = La requête n’est pas authentifiée
error-gh5001-text = Envoyez un jeton d’accès de cet émetteur dont l’audience est l’API de gestion : `Authorization: Bearer …`.
error-gh5002-title = Ce n’est pas permis
error-gh5002-text = Il manque au jeton une autorisation pour cette opération.
error-gh5003-title = La requête n’est pas compréhensible
error-gh5003-text = Une propriété manque, est mal formée ou trop longue. Le détail la nomme.
error-gh5004-title = Cela n’existe pas ici
error-gh5004-text = Rien dans ce locataire n’a cet identifiant, ou il a été supprimé.
error-gh5005-title = Cette clé Idempotency-Key a servi à une autre requête
error-gh5005-text = Une clé désigne une requête pendant un jour. Prenez-en une nouvelle pour une nouvelle requête.
error-gh5006-title = L’invitation n’est pas ouverte à cet appelant
error-gh5006-text = Le réglage du locataire dit qui peut inviter, et cet appelant n’en fait pas partie.
error-gh5007-title = Ce n’est pas une adresse électronique
error-gh5007-text = Les adresses suivent les RFC 5321 et 6531 ; le signe plus et les lettres accentuées conviennent, pas les adresses de groupe ni les espaces.
error-gh5008-title = Cette adresse de redirection n’est pas du locataire
error-gh5008-text = Les invitations mènent à une application de ce locataire, à Mes applications, ou à une origine inscrite par l’exploitant.
error-gh5009-title = Cet invité est déjà admis
error-gh5009-text = Il a déjà accepté, rien n’est donc envoyé. Réinitialisez l’acceptation pour la lui faire refaire, ou envoyez-lui le lien de l’application.
error-gh5010-title = Un invité supprimé a cette adresse
error-gh5010-text = Restaurez-le avec ce qu’il avait, ou purgez-le d’abord et invitez de nouveau.
error-gh5011-title = Cet invité est bloqué
error-gh5011-text = Débloquez-le d’abord : une invitation ne mènerait nulle part.
error-gh5012-title = Cette adresse est celle de l’organisation elle-même
error-gh5012-text = Les personnes d’un domaine vérifié de ce locataire n’en sont pas les invités ; elles utilisent leur propre compte.
error-gh5013-title = Un autre invité a cette adresse
error-gh5013-text = Une adresse appartient à un seul invité. Le détail dit à qui.
error-gh5014-title = Cette invitation est close
error-gh5014-text = Elle a été acceptée, révoquée ou remplacée ; elle ne peut être ni envoyée ni révoquée. Invitez de nouveau.
error-gh5015-title = Une seule personne peut recevoir une copie
error-gh5015-text = `ccRecipients` accepte un destinataire.
error-gh5016-title = Le message est trop long
error-gh5016-text = Un message personnel compte au plus 2 000 caractères de texte brut.
error-gh5017-title = Seul un administrateur peut inviter des membres
error-gh5017-text = Invitez comme invité, ou adressez-vous à un administrateur d’utilisateurs.
error-gh5018-title = Ce Gatehouse ne peut pas envoyer de courrier
error-gh5018-text = Aucun serveur de messagerie n’est configuré. Invitez sans `sendInvitationMessage` et transmettez vous-même le lien.
error-gh5019-title = Trop d’invitations pour l’instant
error-gh5019-text = La limite pour un invitant est atteinte. Réessayez dans une heure, ou demandez qu’elle soit relevée.
error-gh5020-title = Le fichier n’est pas lisible
error-gh5020-text = Ses deux premières lignes doivent être celles du modèle. Le détail nomme la ligne et la raison ; personne n’a été invité.
error-gh5021-title = Ce compte ne peut pas être converti
error-gh5021-text = Il est déjà externe, ou l’adresse invitée n’est pas du domaine de son adresse.
error-gh5022-title = Cette personne a bloqué les invitations
error-gh5022-text = Elle a demandé à ne plus recevoir d’invitations de cette organisation. Envoyez-lui vous-même le lien d’une application, si elle l’attend.
error-gh5023-title = Trop de requêtes pour l’instant
error-gh5023-text = Ce client a fait plus de requêtes qu’il n’est permis en une minute. Attendez le temps indiqué par `Retry-After`.

## La maison elle-même
error-gh9001-title = Il nous faut un instant
error-gh9001-text = Une partie de notre service est injoignable en ce moment. Attendez une minute et recommencez ; vous n’y êtes pour rien.
error-gh9002-title = Il nous faut un instant
error-gh9002-text = L’annuaire des invités est injoignable en ce moment. Attendez une minute et recommencez ; vous n’y êtes pour rien.
error-gh9003-title = Il y a beaucoup de monde
error-gh9003-text = Plus de personnes se connectent que nous ne pouvons en accueillir en ce moment. Attendez une minute et recommencez.
error-gh9004-title = Nous ne pouvons pas achever de connexion en ce moment
error-gh9004-text = Notre service n’a pas de clé de signature valable pour le moment. Attendez quelques minutes et recommencez ; les responsables trouveront la cause grâce au numéro de référence.
error-gh9999-title = Quelque chose s’est mal passé de notre côté
error-gh9999-text = Cela n’aurait pas dû arriver et vous n’y êtes pour rien. Recommencez ; si cela se reproduit, transmettez le numéro de référence pour que nous puissions trouver la cause.
