package dev.camelfeishu.e2e;

import java.util.List;

/** Values that nothing but a leak can bring anywhere. The sandbox is given the same as the application. */
record Secrets(
        String appSecret,
        String encryptKey,
        String verificationToken,
        String databasePassword,
        String erpPassword,
        String operatorPassword,
        String reportKey) {

    static final Secrets DISTINCTIVE = new Secrets(
            "Zq7appSecretW3x9",
            "Kd4encryptKeyP8m2",
            "Vt6verificationTokenR1c5",
            "Jb2databasePasswordL7f3",
            "Nh9erpPasswordT4s6",
            "Gy5operatorPasswordX8d1",
            "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g");

    List<String> all() {
        return List.of(
                appSecret, encryptKey, verificationToken, databasePassword, erpPassword, operatorPassword, reportKey);
    }
}
