package dev.camelfeishu.component;

import static dev.camelfeishu.component.DeclaredCall.call;

import java.util.List;

/**
 * Documents in drive: events, folders, media, rights. Uploads are programmed in {@link DriveUploads}.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/docs/drive-v1/introduction">Drive</a>
 */
final class DriveCalls {

    private static final String DRIVE = "/open-apis/drive/v1/";
    private static final String FILES = DRIVE + "files";
    private static final String FILE = FILES + "/:file_token";
    private static final String MEMBERS = DRIVE + "permissions/:token/members";
    private static final String PUBLIC = "/open-apis/drive/v2/permissions/:token/public";
    private static final String FILE_TYPE = "Kind of the document: bitable, docx, sheet, file, folder, …";
    private static final String EVENT_TYPE = "Event of a folder, such as file.created_in_folder_v1";
    private static final String MEMBER =
            "`member_type` (`openid`, `unionid`, `userid`, `email`, `openchat`, `opendepartmentid`, `groupid`), `member_id`,"
                    + " `perm` (`view`, `edit`, `full_access`).";

    static final List<Operation> ALL = List.of(
            call("drive/subscribe", "Subscribes the app to the events of a document.", "POST", FILE + "/subscribe")
                    .query("file_type", FILE_TYPE)
                    .optional("event_type", EVENT_TYPE),
            call(
                            "drive/subscription",
                            "Says whether the app is subscribed to the events of a document.",
                            "GET",
                            FILE + "/get_subscribe")
                    .query("file_type", FILE_TYPE)
                    .optional("event_type", EVENT_TYPE)
                    .answers("is_subscribe", "true or false, a JSON tree."),
            call(
                            "drive/unsubscribe",
                            "Ends the app's subscription to a document.",
                            "DELETE",
                            FILE + "/delete_subscribe")
                    .query("file_type", FILE_TYPE)
                    .optional("event_type", EVENT_TYPE),
            call("drive/files", "Lists one page of what stands in a folder.", "GET", FILES)
                    .optional("folder_token", "The folder; the root when it is not given")
                    .optional("page_size", "At most 200")
                    .optional("page_token", "The `next_page_token` of the page before"),
            call("drive/create-folder", "Creates a folder.", "POST", FILES + "/create_folder")
                    .member("name", "Name of the folder")
                    .member("folder_token", "The folder it stands in"),
            call("drive/delete", "Deletes a document or a folder.", "DELETE", FILE)
                    .query("type", FILE_TYPE),
            call("drive/metas", "Reads title, owner and address of documents.", "POST", DRIVE + "metas/batch_query")
                    .json("`request_docs`, a list of `{\"doc_token\",\"doc_type\"}`, and `with_url`."),
            call(
                            "drive/download",
                            "Reads a medium of a document: an attachment, an image.",
                            "GET",
                            DRIVE + "medias/:file_token/download")
                    .optional("extra", "What a Base with advanced permissions asks for, from the cell's url")
                    .download(),
            call("drive/download-file", "Reads a file of a folder.", "GET", FILE + "/download")
                    .download(),
            call(
                            "drive/link",
                            "Gives an address by which a medium can be read for a day without a token.",
                            "GET",
                            DRIVE + "medias/batch_get_tmp_download_url")
                    .query("file_tokens", "The medium")
                    .optional("extra", "What a Base with advanced permissions asks for, from the cell's url")
                    .answers("tmp_download_urls", "A list of `file_token` and `tmp_download_url`."),
            call("drive/permissions", "Lists who has which right on a document.", "GET", MEMBERS)
                    .query("type", FILE_TYPE)
                    .answers("items", "A list: `member_type`, `member_id`, `perm`."),
            call("drive/grant", "Gives somebody a right on a document.", "POST", MEMBERS)
                    .query("type", FILE_TYPE)
                    .optional("need_notification", "true: they are told")
                    .json(MEMBER)
                    .answers("member", "The member as it is now."),
            call("drive/change-grant", "Changes somebody's right on a document.", "PUT", MEMBERS + "/:member_id")
                    .query("type", FILE_TYPE)
                    .json(MEMBER)
                    .answers("member", "The member as it is now."),
            call("drive/revoke", "Takes somebody's right on a document.", "DELETE", MEMBERS + "/:member_id")
                    .query("type", FILE_TYPE)
                    .query("member_type", "Kind of the id: openid, unionid, userid, email, openchat, …"),
            call("drive/sharing", "Reads how a document is shared.", "GET", PUBLIC)
                    .query("type", FILE_TYPE)
                    .answers("permission_public", "The settings, such as `link_share_entity`."),
            call("drive/share", "Changes how a document is shared.", "PATCH", PUBLIC)
                    .query("type", FILE_TYPE)
                    .json("The settings that change, such as `link_share_entity`.")
                    .answers("permission_public", "The settings as they are now."));

    private DriveCalls() {}
}
