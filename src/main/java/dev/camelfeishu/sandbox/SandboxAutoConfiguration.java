package dev.camelfeishu.sandbox;

import dev.camelfeishu.sandbox.application.ApplicationApi;
import dev.camelfeishu.sandbox.approval.ActionCallback;
import dev.camelfeishu.sandbox.approval.ApprovalControl;
import dev.camelfeishu.sandbox.approval.ApprovalEvents;
import dev.camelfeishu.sandbox.approval.Approvers;
import dev.camelfeishu.sandbox.approval.BotMessageApi;
import dev.camelfeishu.sandbox.approval.Comments;
import dev.camelfeishu.sandbox.approval.Copies;
import dev.camelfeishu.sandbox.approval.DefinitionApi;
import dev.camelfeishu.sandbox.approval.Definitions;
import dev.camelfeishu.sandbox.approval.ExternalApi;
import dev.camelfeishu.sandbox.approval.Externals;
import dev.camelfeishu.sandbox.approval.Files;
import dev.camelfeishu.sandbox.approval.Flow;
import dev.camelfeishu.sandbox.approval.InstanceApi;
import dev.camelfeishu.sandbox.approval.Instances;
import dev.camelfeishu.sandbox.approval.NodeApprovers;
import dev.camelfeishu.sandbox.approval.SearchApi;
import dev.camelfeishu.sandbox.approval.StepApi;
import dev.camelfeishu.sandbox.approval.TaskApi;
import dev.camelfeishu.sandbox.base.BaseConfiguration;
import dev.camelfeishu.sandbox.contact.ContactApi;
import dev.camelfeishu.sandbox.contact.DepartmentApi;
import dev.camelfeishu.sandbox.contact.Departments;
import dev.camelfeishu.sandbox.contact.DirectoryShape;
import dev.camelfeishu.sandbox.contact.UserGroupApi;
import dev.camelfeishu.sandbox.drive.DriveConfiguration;
import dev.camelfeishu.sandbox.files.StoredFiles;
import dev.camelfeishu.sandbox.im.BatchApi;
import dev.camelfeishu.sandbox.im.CardConfiguration;
import dev.camelfeishu.sandbox.im.CardControl;
import dev.camelfeishu.sandbox.im.CardTokens;
import dev.camelfeishu.sandbox.im.CardUpdateApi;
import dev.camelfeishu.sandbox.im.ChatAccess;
import dev.camelfeishu.sandbox.im.ChatAnnouncementApi;
import dev.camelfeishu.sandbox.im.ChatApi;
import dev.camelfeishu.sandbox.im.ChatEvents;
import dev.camelfeishu.sandbox.im.ChatMemberApi;
import dev.camelfeishu.sandbox.im.Chats;
import dev.camelfeishu.sandbox.im.Content;
import dev.camelfeishu.sandbox.im.ConversationControl;
import dev.camelfeishu.sandbox.im.Conversations;
import dev.camelfeishu.sandbox.im.CustomBotApi;
import dev.camelfeishu.sandbox.im.CustomBots;
import dev.camelfeishu.sandbox.im.FollowUpApi;
import dev.camelfeishu.sandbox.im.ForwardApi;
import dev.camelfeishu.sandbox.im.MessageApi;
import dev.camelfeishu.sandbox.im.MessageControl;
import dev.camelfeishu.sandbox.im.Messages;
import dev.camelfeishu.sandbox.im.PinApi;
import dev.camelfeishu.sandbox.im.ReactionApi;
import dev.camelfeishu.sandbox.im.Reactions;
import dev.camelfeishu.sandbox.im.Readers;
import dev.camelfeishu.sandbox.im.Recalls;
import dev.camelfeishu.sandbox.im.ResourceApi;
import dev.camelfeishu.sandbox.im.Resources;
import dev.camelfeishu.sandbox.im.UrgentApi;
import dev.camelfeishu.sandbox.login.AuthorizePage;
import dev.camelfeishu.sandbox.login.LoginApi;
import dev.camelfeishu.sandbox.login.LoginSettings;
import dev.camelfeishu.sandbox.login.UserTokens;
import dev.camelfeishu.sandbox.page.PageConfiguration;
import dev.camelfeishu.sandbox.push.Delivery;
import dev.camelfeishu.sandbox.push.PushControl;
import dev.camelfeishu.sandbox.push.PushSender;
import dev.camelfeishu.sandbox.push.PushStore;
import dev.camelfeishu.sandbox.push.StoredPushes;
import dev.camelfeishu.sandbox.push.Webhook;
import dev.camelfeishu.sandbox.socket.Handshake;
import dev.camelfeishu.sandbox.socket.SocketConfiguration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Starts the sandbox beside the application, in the profile {@code sandbox} only. The application's component scan leaves
 * this package out, so this class is the only way in.
 *
 * <p>{@code sandboxJdbc} and {@code sandboxTransactions} are injected by their qualifiers only: the application's own beans
 * of those types are not disturbed.
 */
@AutoConfiguration(after = DataSourceAutoConfiguration.class)
@Profile("sandbox")
@EnableConfigurationProperties({SandboxProperties.class, LoginSettings.class})
@Import({
    BaseConfiguration.class,
    StoredFiles.class,
    People.class,
    Tokens.class,
    SocketConfiguration.class,
    Delivery.class,
    PushControl.class,
    PushSender.class,
    PushStore.class,
    StoredPushes.class,
    Webhook.class,
    ContactApi.class,
    DepartmentApi.class,
    DirectoryShape.class,
    UserGroupApi.class,
    AuthorizePage.class,
    LoginApi.class,
    UserTokens.class,
    Departments.class,
    ApplicationApi.class,
    CardConfiguration.class,
    DriveConfiguration.class,
    CardControl.class,
    CardTokens.class,
    CardUpdateApi.class,
    ChatAccess.class,
    ChatAnnouncementApi.class,
    ChatApi.class,
    ChatEvents.class,
    ChatMemberApi.class,
    Chats.class,
    Content.class,
    ConversationControl.class,
    MessageApi.class,
    Messages.class,
    BatchApi.class,
    Conversations.class,
    CustomBotApi.class,
    CustomBots.class,
    FollowUpApi.class,
    ForwardApi.class,
    MessageControl.class,
    PinApi.class,
    ReactionApi.class,
    Reactions.class,
    Readers.class,
    Recalls.class,
    ResourceApi.class,
    Resources.class,
    UrgentApi.class,
    ApprovalControl.class,
    ApprovalEvents.class,
    Approvers.class,
    DefinitionApi.class,
    Definitions.class,
    Flow.class,
    InstanceApi.class,
    Instances.class,
    ActionCallback.class,
    BotMessageApi.class,
    Comments.class,
    Copies.class,
    Externals.class,
    ExternalApi.class,
    Files.class,
    NodeApprovers.class,
    SearchApi.class,
    StepApi.class,
    TaskApi.class,
    PageConfiguration.class
})
public class SandboxAutoConfiguration {
    @Bean
    SandboxPool sandboxPool(DataSource dataSource) {
        return new SandboxPool(dataSource);
    }

    /** SQL on the schema {@code sandbox}, which exists once this bean does. */
    @Bean(defaultCandidate = false)
    JdbcTemplate sandboxJdbc(SandboxPool pool) {
        Flyway.configure()
                .dataSource(pool.source())
                .schemas("sandbox")
                .defaultSchema("sandbox")
                .locations("classpath:db/sandbox")
                .load()
                .migrate();
        return new JdbcTemplate(pool.source());
    }

    @Bean(defaultCandidate = false)
    TransactionTemplate sandboxTransactions(SandboxPool pool) {
        return new TransactionTemplate(new JdbcTransactionManager(pool.source()));
    }

    @Bean
    SandboxDatabase sandboxDatabase(
            @Qualifier("sandboxJdbc") JdbcTemplate jdbc,
            @Qualifier("sandboxTransactions") TransactionTemplate transactions) {
        return new SandboxDatabase(jdbc, transactions);
    }

    @Bean
    CallLog sandboxCallLog(SandboxProperties properties) {
        return new CallLog(properties.calls());
    }

    @Bean
    Faults sandboxFaults() {
        return new Faults();
    }

    /** Limits counted on a clock that does not follow the time of day. */
    @Bean
    RateLimits sandboxRateLimits() {
        return new RateLimits(() -> System.nanoTime() / 1_000_000);
    }

    @Bean
    AuthApi sandboxAuthApi(Tokens tokens, SandboxProperties properties) {
        return new AuthApi(tokens, properties);
    }

    @Bean
    SandboxControl sandboxControl(
            SandboxProperties properties,
            SandboxDatabase database,
            ObjectProvider<Bases> bases,
            @Qualifier("erp") ObjectProvider<DataSource> erp,
            DataSource primary,
            CallLog log,
            Faults faults,
            Tokens tokens) {
        DataSource erpOrPrimary = erp.getIfAvailable(() -> primary);
        return new SandboxControl(
                new SandboxInfo(properties, database, bases.getIfAvailable(), erpOrPrimary), log, faults, tokens);
    }

    @Bean
    SandboxServer sandboxServer(
            SandboxProperties properties,
            List<Api> families,
            CallLog log,
            Faults faults,
            Tokens tokens,
            RateLimits rates,
            Handshake handshake) {
        Catalog catalog = new Catalog();
        Router router = new Router(catalog, families);
        Gate gate = new Gate(catalog, router, faults, tokens, rates, properties);
        return new SandboxServer(
                properties, new Platform(gate, router, log), Map.of(Handshake.PATH, handshake.servlet()));
    }
}
