package dev.camelfeishu.e2e;

/** The sandbox's people. */
enum Person {
    /** Applicant of most purchase requests. */
    WANG_FANG(1),
    /** First approver. */
    LI_LEI(2),
    /** Second approver. */
    ALICE(3),
    ZHAO_MIN(4),
    DAVID(5),
    /** From another tenant. */
    GUEST(6);

    private final int number;

    Person(int number) {
        this.number = number;
    }

    String openId() {
        return "ou_5a1d000000000000000000000000000" + number;
    }

    /** The direct chat with the bot. */
    String chat() {
        return "oc_p2p00000000000000000000000000" + number;
    }
}
