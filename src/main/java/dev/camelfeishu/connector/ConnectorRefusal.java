package dev.camelfeishu.connector;

/** An answer of the protocol that is no success. Its sentences are shown to who connects the table. */
final class ConnectorRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    static final int CONFIG = 1254400;
    static final int PERMISSION = 1254403;
    static final int SYSTEM = 1254500;
    static final int BUSY = 1254501;

    private final int code;
    private final String chinese;

    private ConnectorRefusal(int code, String english, String chinese) {
        super(english);
        this.code = code;
        this.chinese = chinese;
    }

    /** What is declared, or what the query answers, does not fit the protocol. */
    static ConnectorRefusal config(String english) {
        return new ConnectorRefusal(CONFIG, english, "数据源配置有误，请联系管理员");
    }

    static ConnectorRefusal permission(String english) {
        return new ConnectorRefusal(PERMISSION, english, "没有权限读取该数据源");
    }

    static ConnectorRefusal system() {
        return new ConnectorRefusal(SYSTEM, "the data cannot be read at the moment", "数据源暂时无法读取，请稍后再试");
    }

    static ConnectorRefusal busy() {
        return new ConnectorRefusal(BUSY, "too many requests at once", "请求过于频繁，请稍后再试");
    }

    int code() {
        return code;
    }

    String chinese() {
        return chinese;
    }
}
