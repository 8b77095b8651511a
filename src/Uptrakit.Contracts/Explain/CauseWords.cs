namespace Uptrakit.Contracts.Explain;

/// <summary>
/// Each cause as a sentence, and its safe next step. None names a fingerprint that was observed: it would be pasted.
/// </summary>
internal static class CauseWords
{
    public static string Of(MismatchCause cause) =>
        cause switch
        {
            MismatchCause.None => "the server is the expected one",
            MismatchCause.HandedOver =>
                "the Controller's authority was replaced, and the one known here vouches for the new one by its signature",
            MismatchCause.Reinstalled =>
                "the server has an authority that is younger than the one known here and that it does not vouch "
                    + "for: the Controller was set up anew, or someone plays it",
            MismatchCause.TlsInspection =>
                "the chain ends in a root that only this machine knows: a proxy takes the TLS connection apart",
            MismatchCause.OtherController =>
                "the server belongs to another authority: another Controller answers at this address",
            MismatchCause.Clock => "only the dates do not fit, and the server tells another time than this machine",
            MismatchCause.Ended => "only the dates do not fit, though the clocks agree: a certificate has ended or begins later",
            MismatchCause.Name => "the expected authority issued the certificate, but not for the name that was dialed",
            MismatchCause.RootsNotAskedFor =>
                "public roots vouch for the server under this name, and it was not told here to trust them",
            MismatchCause.Contradiction => "what is configured does not fit what is stored here, whoever the server is",
            _ => "nothing here tells this server from an attacker",
        };

    public static string NextStep(MismatchCause cause) =>
        cause switch
        {
            MismatchCause.None => "nothing is to be done",
            MismatchCause.HandedOver =>
                "see in the Dashboard, under Global Settings, that a hand-over took place, and take the new pin "
                    + "from there; Services that were connected during it have learned the new root by themselves",
            MismatchCause.Reinstalled =>
                "ask whoever runs the Controller; if it was set up anew, take the fingerprint from its Dashboard "
                    + "or from 'uptrakit-controller admin ca fingerprint' on its host, never from here",
            MismatchCause.TlsInspection =>
                "have the Controller's address exempted from inspection; an inspecting proxy sees everything, so "
                    + "trust it with --trust-native-roots only if that is meant",
            MismatchCause.OtherController =>
                "compare the address with the one in the Dashboard, and which Controller the pin or the stored "
                    + "authority is of",
            MismatchCause.Clock =>
                "set this machine's clock ('timedatectl'), then try again; the server's word for the time is not proved",
            MismatchCause.Ended =>
                "renew the certificate on the server; a Controller renews its own, so see in its log why it did not",
            MismatchCause.Name =>
                "dial a name that the certificate has, or have the Controller's certificate issued with this name (--san)",
            MismatchCause.RootsNotAskedFor =>
                "if a public certificate is meant to stand before the Controller, add --trust-public-roots",
            MismatchCause.Contradiction =>
                "compare both with the Dashboard's Global Settings; take the wrong pin or token away, or enroll anew with --force-enroll",
            _ =>
                "do not change any pin; compare the fingerprint in the Dashboard's Global Settings, over another network, with the "
                    + "one that is configured",
        };
}
