// SPDX-License-Identifier: Apache-2.0

package pages

import "github.com/usher-signin/usher"

// told is what a person is told of a code.
type told struct {
	kind     kind
	sentence text
}

// codeEmailUnverified is not named by the root package, because no rule of it gives it.
const codeEmailUnverified usher.Code = "email-unverified"

// tell gives what a person is told of a code; of one that has no sentence, that
// something is wrong which an administrator has to look at.
func (w tables) tell(code usher.Code) told {
	if t, ok := w.persons[code]; ok {
		return t
	}
	return told{settings, text{"Something about this sign-in is not right.", "Er klopt iets niet aan deze aanmelding."}}
}

// persons are the sentences of all codes, as far as a person may know: no
// directory group, no setting, no value. What was seen and wanted is the
// administrator's.
func persons() map[usher.Code]told {
	all := map[usher.Code]told{}
	for _, part := range []map[usher.Code]told{accountSentences(), groupSentences(), callbackSentences(), providerSentences(), gateSentences()} {
		for code, t := range part {
			all[code] = t
		}
	}
	return all
}

func accountSentences() map[usher.Code]told {
	return map[usher.Code]told{
		usher.CodeAccountMissing:   {settings, text{"The account with which this instance signs people in is missing.", "Het account waarmee deze instantie mensen aanmeldt, ontbreekt."}},
		usher.CodeAccountDisabled:  {settings, text{"Signing in with this account is switched off.", "Aanmelden met dit account is uitgeschakeld."}},
		usher.CodeAccountDuplicate: {settings, text{"This instance has two accounts for signing in where one is wanted.", "Deze instantie heeft twee accounts om mee aan te melden waar er één hoort te zijn."}},
		usher.CodeAccountLookalike: {settings, text{"This instance has two accounts for signing in that look alike.", "Deze instantie heeft twee accounts om mee aan te melden die op elkaar lijken."}},
		usher.CodeProductContextValue: {settings,
			text{"This instance names its product in a way that no organization does.", "Deze instantie noemt haar product zoals geen enkele organisatie dat doet."}},
		usher.CodeProductContextMismatch: {rights,
			text{"Your organization knows you, but has not given you the product that is used here.", "Uw organisatie kent u, maar heeft u niet het product gegeven dat hier wordt gebruikt."}},
		usher.CodeIMSServerURL:        {settings, text{"This instance does not send people to the right sign-in service.", "Deze instantie stuurt mensen niet naar de juiste aanmelddienst."}},
		usher.CodeIMSServerDiffers:    {settings, text{"This instance uses another sign-in service than its sisters do.", "Deze instantie gebruikt een andere aanmelddienst dan haar zusterinstanties."}},
		usher.CodeScopeNotProvisioned: {settings, text{"The sign-in service does not give what this instance asks it for.", "De aanmelddienst geeft niet wat deze instantie haar vraagt."}},
		usher.CodeClientIDUnknown:     {settings, text{"The sign-in service does not know this instance.", "De aanmelddienst kent deze instantie niet."}},
		usher.CodeClientSecretWrong:   {settings, text{"The sign-in service did not recognize this instance.", "De aanmelddienst heeft deze instantie niet herkend."}},
		usher.CodeRestartPending:      {settings, text{"This instance has been changed and does not work in the new way everywhere yet.", "Deze instantie is gewijzigd en werkt nog niet overal op de nieuwe manier."}},
		usher.CodeHostedInstance:      {settings, text{"This instance is looked after by its vendor, who has to mend this.", "Deze instantie wordt beheerd door haar leverancier, die dit moet verhelpen."}},
	}
}

//nolint:misspell // half of it is Dutch
func groupSentences() map[usher.Code]told {
	return map[usher.Code]told{
		usher.CodeUserNotInGroup: {rights,
			text{"Your organization knows you, but has not put you in a group that has access here.", "Uw organisatie kent u, maar heeft u niet in een groep geplaatst die hier toegang heeft."}},
		usher.CodeMaskMatchesNothing: {rights,
			text{"Your organization knows you, but none of its groups is recognized here.", "Uw organisatie kent u, maar geen van haar groepen wordt hier herkend."}},
		usher.CodeMaskKind: {settings, text{"This instance cannot read the names of your organization's groups.", "Deze instantie kan de namen van de groepen van uw organisatie niet lezen."}},
		usher.CodeMaskBlanks: {rights,
			text{"Your organization knows you, but a blank in the name of a group keeps it from being recognized here.", "Uw organisatie kent u, maar door een spatie in de naam van een groep wordt die hier niet herkend."}},
		usher.CodeNameMisspelled: {rights,
			text{"Your organization knows you, but a group is spelled differently there than here.", "Uw organisatie kent u, maar een groep wordt daar anders gespeld dan hier."}},
		usher.CodeOperatorGroupUnknown: {rights,
			text{"Your organization has put you in a group that does not exist here, or no longer.", "Uw organisatie heeft u in een groep geplaatst die hier niet of niet meer bestaat."}},
		usher.CodeOperatorGroupUnreached: {rights,
			text{"The group that would let you in does not exist at your organization yet.", "De groep die u toegang zou geven, bestaat bij uw organisatie nog niet."}},
		usher.CodeTooManyGroups:        {rights, text{"Your account is in more groups than can be read here.", "Uw account zit in meer groepen dan hier gelezen kunnen worden."}},
		usher.CodeGroupOverage:         {rights, text{"Your account is in so many groups that the sign-in service did not name them.", "Uw account zit in zo veel groepen dat de aanmelddienst ze niet heeft genoemd."}},
		usher.CodeOrganizationMismatch: {another, text{"You signed in with an account of another organization than this instance's.", "U hebt u aangemeld met een account van een andere organisatie dan die van deze instantie."}},
		codeEmailUnverified:            {rights, text{"The sign-in service has not confirmed your e-mail address.", "De aanmelddienst heeft uw e-mailadres niet bevestigd."}},
	}
}

func callbackSentences() map[usher.Code]told {
	return map[usher.Code]told{
		usher.CodeCallbackNotHTTPS:      {settings, text{"The way back from the sign-in service to this instance is not safe.", "De weg terug van de aanmelddienst naar deze instantie is niet veilig."}},
		usher.CodeCallbackNotListed:     {settings, text{"The sign-in service does not know the way back to this instance.", "De aanmelddienst kent de weg terug naar deze instantie niet."}},
		usher.CodeCallbackWrongInstance: {settings, text{"The way back from the sign-in service leads to another instance.", "De weg terug van de aanmelddienst leidt naar een andere instantie."}},
		usher.CodeStateMissing:          {again, text{"You came back from the sign-in service without what belongs to this sign-in.", "U kwam terug van de aanmelddienst zonder wat bij deze aanmelding hoort."}},
		usher.CodeStateUnknown:          {again, text{"This sign-in was finished already, or was not begun here.", "Deze aanmelding was al klaar, of is niet hier begonnen."}},
		usher.CodeStateExpired:          {again, text{"This sign-in took too long, so it was given up.", "Deze aanmelding duurde te lang en is daarom afgebroken."}},
		usher.CodeStateCookieMissing: {again,
			text{"This sign-in was begun in another browser or window, or your browser did not keep its cookie.", "Deze aanmelding is in een andere browser of een ander venster begonnen, of uw browser heeft de cookie niet bewaard."}},
		usher.CodeLoginLoop:         {again, text{"Your browser was sent to sign in again and again, so we stopped.", "Uw browser werd steeds opnieuw naar het aanmelden gestuurd; daarom zijn we gestopt."}},
		usher.CodeAttemptUnfinished: {again, text{"This sign-in was begun and never finished.", "Deze aanmelding is begonnen en nooit afgemaakt."}},
	}
}

//nolint:misspell // half of it is Dutch
func providerSentences() map[usher.Code]told {
	return map[usher.Code]told{
		usher.CodeProviderError:       {again, text{"The sign-in service did not sign you in.", "De aanmelddienst heeft u niet aangemeld."}},
		usher.CodeProviderUnreachable: {waiting, text{"The sign-in service cannot be reached at the moment.", "De aanmelddienst is op dit moment niet bereikbaar."}},
		usher.CodeProviderMetadata:    {waiting, text{"The sign-in service describes itself in a way that cannot be used at the moment.", "De aanmelddienst beschrijft zichzelf op een manier die nu niet bruikbaar is."}},
		usher.CodeProviderIssuer:      {settings, text{"The sign-in service is not the one that was expected.", "De aanmelddienst is niet die welke werd verwacht."}},
		usher.CodeTokenRefused:        {again, text{"The sign-in service did not complete the sign-in.", "De aanmelddienst heeft de aanmelding niet afgerond."}},
		usher.CodeTokenAnswerInvalid:  {again, text{"The sign-in service gave an answer that cannot be read.", "De aanmelddienst gaf een antwoord dat niet te lezen is."}},
		usher.CodeIDTokenInvalid:      {settings, text{"What the sign-in service said did not pass our checks, so nobody was signed in.", "Wat de aanmelddienst zei, kwam niet door onze controles; daarom is niemand aangemeld."}},
		usher.CodeProfileInvalid:      {settings, text{"The sign-in service did not say who you are in a way that can be used.", "De aanmelddienst zei niet op een bruikbare manier wie u bent."}},
	}
}

//nolint:misspell // half of it is Dutch
func gateSentences() map[usher.Code]told {
	return map[usher.Code]told{
		usher.CodeApplicationRefused:  {rights, text{"You are signed in, but none of your operator groups may use this application.", "U bent aangemeld, maar geen van uw operatorgroepen mag deze toepassing gebruiken."}},
		usher.CodeAccessTokenRefused:  {settings, text{"The program's pass that came with the request is not taken here.", "Het programmabewijs dat met het verzoek meekwam, wordt hier niet aangenomen."}},
		usher.CodeApplicationUnknown:  {settings, text{"No application is guarded at this address.", "Op dit adres wordt geen toepassing bewaakt."}},
		usher.CodeRequestNotCanonical: {settings, text{"This address cannot be read in one way only, so it was not passed on.", "Dit adres is op meer dan één manier te lezen en is daarom niet doorgegeven."}},
		usher.CodeSessionStoreDown:    {waiting, text{"The gateway's own database does not answer at the moment.", "De eigen database van de toegangspoort antwoordt op dit moment niet."}},
	}
}
